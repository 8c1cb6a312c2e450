import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A setting of the system; on Linux these two hardly ever differ from the fallback. */
const setting = (name: string, fallback: number): number => {
  try {
    return Number(execFileSync('getconf', [name], { encoding: 'utf8' }))
  } catch {
    return fallback
  }
}
const ticksPerSecond = setting('CLK_TCK', 100)
const pageBytes = setting('PAGESIZE', 4096)

export interface ProcessUse {
  readonly pid: number
  readonly parent: number
  readonly commandLine: string
  /** In ticks since the system began: with it a pid names one process for ever. */
  readonly started: number
  /** User and system time since it began, of all its threads. */
  readonly cpuMs: number
  readonly rssBytes: number
}

/** A process, first, and all that descend from it, with what each has used. */
export function processTree(root: number): ProcessUse[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
  const found = all.filter((each) => each.pid === root)
  for (const parent of found) found.push(...all.filter((each) => each.parent === parent.pid))
  return found
}

/** Undefined where no such process is, or no longer. */
export function readProcess(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the second field, the command, may itself hold spaces and brackets.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const field = (number: number): number => fields[number - 3]!
    return {
      pid,
      parent: field(4),
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '),
      started: field(22),
      cpuMs: ((field(14) + field(15)) * 1000) / ticksPerSecond,
      rssBytes: field(24) * pageBytes,
    }
  } catch {
    return undefined
  }
}

/** CPU time of everything on the machine since it began, in milliseconds; with what a hypervisor gave to others in its place. */
export function machineCpuMs(): number {
  // proc(5): user nice system idle iowait irq softirq steal, and guests, who are counted in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (/^cpu +(.*)/.exec(read('/proc/stat'))?.[1] ?? '')
    .split(' ')
    .map(Number)
  return ((user + nice + system + irq + softirq + steal) * 1000) / ticksPerSecond
}

/** How often the threads of a process have given up their CPU to wait, and how often it was taken from them; none of a process that has gone. */
export function contextSwitches(pid: number): { voluntary: number; involuntary: number } {
  let voluntary = 0
  let involuntary = 0
  for (const thread of threadsOf(pid)) {
    const text = read(`/proc/${pid}/task/${thread}/status`)
    voluntary += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1] ?? 0)
    involuntary += Number(/^nonvoluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1] ?? 0)
  }
  return { voluntary, involuntary }
}

/** Memory of a process, what it shares with others divided among them; undefined where the system does not tell. */
export function proportionalBytes(pid: number): number | undefined {
  const kib = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
