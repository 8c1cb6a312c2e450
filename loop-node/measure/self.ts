import { performance } from 'node:perf_hooks'

import type { LoopReport } from '../../core/messages.ts'
import type { Clock } from '../../core/sources.ts'
import { startDelayTicks } from './delay-ticks.ts'
import { observeGcPauses } from './gc-pauses.ts'
import { createLoopMetrics, type LoopMetrics } from './metrics.ts'
import { buildReport } from './report.ts'
import type { LoopVitals } from './vitals.ts'

export const reportMs = 500

interface Counts {
  readonly inFlight: number
  readonly requests: number
}

/** Measures this process: one report a window, and the metrics between; keeps `vitals` up to date. */
export function measureSelf(
  loop: string,
  up: boolean,
  counts: Counts,
  vitals: LoopVitals,
  clock: Clock,
  onReport: (report: LoopReport) => void,
): LoopMetrics {
  let delaysMs: number[] = []
  const metrics = createLoopMetrics({
    loop,
    foreign: false,
    up,
    readings: () => {
      const { user, system } = process.cpuUsage()
      const { rss, heapUsed } = process.memoryUsage()
      const { inFlight, requests } = counts
      const { utilization } = vitals
      return { utilization, rssBytes: rss, cpuSeconds: (user + system) / 1e6, own: { inFlight, requests, heapUsedBytes: heapUsed } }
    },
  })
  startDelayTicks(clock, (delayMs) => {
    delaysMs.push(delayMs)
    metrics.observeDelay(delayMs / 1000)
  })
  observeGcPauses((kind, seconds) => metrics.observeGc(kind, seconds))

  let before = performance.eventLoopUtilization()
  const report = (): void => {
    const now = performance.eventLoopUtilization()
    // Over this window only: since the start of the process, an hour of quiet would hide a loop that is stuck now.
    const { utilization } = performance.eventLoopUtilization(now, before)
    vitals.utilization = utilization
    vitals.delayMs = Math.max(0, ...delaysMs)
    before = now
    const { rss, heapUsed } = process.memoryUsage()
    onReport(
      buildReport({ utilization, delaysMs, inFlight: counts.inFlight, requests: counts.requests, rssBytes: rss, heapUsedBytes: heapUsed }),
    )
    delaysMs = []
  }
  setInterval(report, reportMs).unref()
  return metrics
}
