import os from 'node:os'

import { type Client, startClient } from '../../load/client/client.ts'
import { processTree } from '../../load/process-tree.ts'
import { clusterUse } from './cluster-use.ts'
import { type RunningCluster, startCluster } from './running-cluster.ts'

/** What is to be measured, and where. */
export interface Bench {
  /** The path of the app, and a configuration file for it. */
  readonly app: string
  readonly config: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The process that measures; its clients are its children. */
  readonly pid: number
  /** For whoever waits. */
  readonly tell: (text: string) => void
  /** Ends the measurement before its time. */
  readonly signal: AbortSignal
}

/** Milliseconds since some beginning. */
export interface CpuTimes {
  readonly loops: number
  readonly beside: number
  /** Of all CPUs of the machine, used by nobody, and altogether. */
  readonly idle: number
  readonly all: number
}

/** A cluster that runs, and a client for it. */
export interface Rig {
  readonly cluster: RunningCluster
  readonly client: Client
  /** CPU time so far: of the loops, and of all else that serves or asks, the client included. */
  cpu(): CpuTimes
}

/**
 * Starts a cluster with these flags, lets it be measured, and ends it whatever happens.
 * @throws RunError where it does not start; the signal's reason once it has aborted
 */
export async function withRig<Result>(
  { app, config, cwd, env, pid, signal }: Bench,
  flags: readonly string[],
  measure: (rig: Rig) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const cluster = await startCluster({ app, flags: config === undefined ? flags : ['--config', config, ...flags], cwd, env })
  const client = startClient(cluster.url)
  let tellAborted!: (reason: unknown) => void
  const aborted = new Promise<never>((_, reject) => (tellAborted = reject))
  const onAbort = (): void => tellAborted(signal.reason)
  signal.addEventListener('abort', onAbort)
  const cpu = (): CpuTimes => {
    const { cpuMs, loopCpuMs } = clusterUse(cluster.pid)
    const clientMs = processTree(pid)
      .filter(({ parent, pid: child }) => parent === pid && child !== cluster.pid)
      .reduce((sum, each) => sum + each.cpuMs, 0)
    return { loops: loopCpuMs, beside: cpuMs - loopCpuMs + clientMs, ...machineTimes() }
  }
  try {
    // It may have aborted while the cluster was starting.
    signal.throwIfAborted()
    return await Promise.race([measure({ cluster, client, cpu }), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
    await client.close()
    await cluster.stop()
  }
}

function machineTimes(): Pick<CpuTimes, 'idle' | 'all'> {
  let [idle, all] = [0, 0]
  for (const { times } of os.cpus()) {
    idle += times.idle
    all += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { idle, all }
}
