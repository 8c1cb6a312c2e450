import { setTimeout as after } from 'node:timers/promises'

import { RunError } from '../../core/errors.ts'
import type { ClusterStatus } from '../../core/status.ts'
import type { Workload } from '../compare/comparison.ts'

import { holdsSince, readHolds } from './holds.ts'
import { loopUtilization } from './processor-sharing.ts'
import type { Findings } from './recommend.ts'
import type { RouteDemand } from './route-demand.ts'

/** What an admin address tells at one moment. */
export interface Reading {
  readonly status: ClusterStatus
  /** The text of /metrics. */
  readonly metrics: string
}

export interface Observed {
  readonly findings: Findings
  readonly workload: Workload
  /** Requests per second. */
  readonly rate: number
}

/** Of what a process takes, where none has a second thread. */
const threadPart = 0.4

/** Reads a running cluster twice, so many seconds apart. @throws RunError where it does not answer, or nobody asked it for anything */
export async function observe(
  read: () => Promise<Reading>,
  seconds: number,
  machine: { readonly cpus: number; readonly memoryBytes: number },
  signal: AbortSignal,
): Promise<Observed> {
  const before = await read()
  await after(seconds * 1_000, undefined, { signal }).catch(() => signal.throwIfAborted())
  return whatCame(before, await read(), seconds, machine)
}

/** What requests asked for between two readings. @throws RunError where there were none */
export function whatCame(
  before: Reading,
  now: Reading,
  seconds: number,
  { cpus, memoryBytes }: { readonly cpus: number; readonly memoryBytes: number },
): Observed {
  const holds = [...holdsSince(readHolds(before.metrics), readHolds(now.metrics))]
  const requests = holds.reduce((sum, [, one]) => sum + one.requests, 0)
  if (requests === 0) throw new RunError(`no request came in ${seconds} s; observe while there is traffic, or for longer with --seconds`)
  const grown = (name: string): number => Math.max(0, sumOf(now.metrics, name) - sumOf(before.metrics, name))
  const per = (total: number): number => (1_000 * total) / requests
  const heldMs = per(holds.reduce((sum, [, one]) => sum + one.seconds, 0))
  const cpuMs = per(grown('evenloop_loop_cpu_seconds_total'))
  const answered = grown('evenloop_proxy_request_duration_seconds_count')
  const responseMs = answered === 0 ? 0 : (1_000 * grown('evenloop_proxy_request_duration_seconds_sum')) / answered
  const serving = now.status.loops.filter(({ state }) => state === 'ready')
  const utilization = Math.min(0.99, loopUtilization(requests / seconds / 1_000, Math.max(1, serving.length), heldMs))
  // What is not the handlers' own time, with what they wait for each other, is what they wait for.
  const waitMs = Math.max(0, responseMs - heldMs / (1 - utilization))
  const computing = heldMs === 0 ? 1 : Math.min(1, cpuMs / heldMs)
  const routes = holds.map(([name, one]): RouteDemand => {
    const busy = (1_000 * one.seconds) / one.requests
    const share = one.requests / requests
    return {
      name,
      pattern: name,
      share,
      cpuMs: busy * computing,
      heldMs: busy * (1 - computing),
      waitMs,
      lockMs: 0,
      lockIsLocal: false,
      spread: [],
    }
  })
  const processes = new Map(serving.map(({ pid, rssBytes }) => [pid, rssBytes]))
  const processBytes = [...processes.values()].reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, processes.size)
  return {
    findings: {
      routes,
      machine: { cpus, memoryBytes, besideMs: per(grown('evenloop_proxy_cpu_seconds_total')) },
      memory: { processBytes, threadBytes: processBytes * threadPart },
      syncWorkers: [],
      loops: [],
    },
    workload: {
      name: 'observed',
      routes: holds.map(([name, one]) => {
        const [method = 'GET', path = '/'] = name.split(' ')
        return { method, path, weight: one.requests }
      }),
    },
    rate: requests / seconds,
  }
}

/** All samples of a metric together. */
function sumOf(text: string, name: string): number {
  let sum = 0
  for (const [, value] of text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))) sum += Number(value)
  return sum
}
