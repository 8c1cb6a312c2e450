import type { LoopReport } from '../../core/messages.ts'
import type { Clock } from '../../core/sources.ts'
import { processUsage, type ProcessUsage } from '../foreign/process-usage.ts'
import { createLoopMetrics, type LoopMetrics } from './metrics.ts'
import { buildReport } from './report.ts'
import { reportMs } from './self.ts'

/** Measures a foreign server from outside: its share of one CPU over the window stands for its utilization. */
export function measureForeign(loop: string, up: boolean, pid: number, clock: Clock, onReport: (report: LoopReport) => void): LoopMetrics {
  let utilization = 0
  let last: ProcessUsage = { cpuSeconds: 0, rssBytes: 0 }
  let lastAt = clock.now()
  const metrics = createLoopMetrics({ loop, foreign: true, up, isolated: () => false, readings: () => ({ utilization, ...last }) })
  const report = async (): Promise<void> => {
    const usage = await processUsage(pid)
    const now = clock.now()
    utilization = Math.min(1, Math.max(0, (usage.cpuSeconds - last.cpuSeconds) / ((now - lastAt) / 1000)))
    last = usage
    lastAt = now
    const { rssBytes } = usage
    onReport(buildReport({ utilization, delaysMs: [], inFlight: 0, requests: 0, rssBytes, heapUsedBytes: 0, routes: [], isolated: false }))
  }
  setInterval(() => void report(), reportMs).unref()
  return metrics
}
