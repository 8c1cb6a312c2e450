import { contextSwitches, processTree, proportionalBytes } from '../../load/process-tree.ts'

/** What all processes of a cluster have used since they began. */
export interface ClusterUse {
  readonly cpuMs: number
  /** The part of it that the loops used: the app itself, and what brings requests to it. */
  readonly loopCpuMs: number
  readonly voluntary: number
  readonly involuntary: number
}

/** Of a cluster whose supervisor this is. */
export function clusterUse(supervisor: number): ClusterUse {
  let cpuMs = 0
  let loopCpuMs = 0
  let voluntary = 0
  let involuntary = 0
  for (const each of processTree(supervisor)) {
    const switches = contextSwitches(each.pid)
    cpuMs += each.cpuMs
    if (isLoop(each, supervisor)) loopCpuMs += each.cpuMs
    voluntary += switches.voluntary
    involuntary += switches.involuntary
  }
  return { cpuMs, loopCpuMs, voluntary, involuntary }
}

export interface ClusterMemory {
  /** Of all processes, what they share counted once. */
  readonly bytes: number
  /** The part of the loops' processes. */
  readonly loopBytes: number
}

/** The memory of a cluster now. Reading it makes its processes pause for some milliseconds: not while something is measured. */
export function clusterMemory(supervisor: number): ClusterMemory {
  let bytes = 0
  let loopBytes = 0
  for (const each of processTree(supervisor)) {
    const own = proportionalBytes(each.pid) ?? each.rssBytes
    bytes += own
    if (isLoop(each, supervisor)) loopBytes += own
  }
  return { bytes, loopBytes }
}

const isLoop = ({ pid, commandLine }: { readonly pid: number; readonly commandLine: string }, supervisor: number): boolean =>
  pid !== supervisor && !/\bproxy\/main\.js\b/.test(commandLine)
