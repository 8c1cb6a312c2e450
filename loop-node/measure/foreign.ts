import type { LoopReport } from '../../core/messages.ts'
import type { Clock } from '../../core/sources.ts'
import { processUsage, type ProcessUsage } from '../foreign/process-usage.ts'
import type { ProgramReports } from '../foreign/program-reports.ts'
import { createLoopMetrics, type LoopMetrics } from './metrics.ts'
import { buildReport } from './report.ts'
import { reportMs } from './self.ts'

/** Which program is measured, and what it says of itself. */
interface MeasuredProgram {
  readonly loop: string
  /** Its loop says itself that it is up. */
  readonly up: boolean
  readonly pid: number
  readonly reports: ProgramReports
  readonly clock: Clock
}

/**
 * Measures a foreign server: by what it reports, and from outside, where the share of one CPU over the window stands for the
 * utilization that it does not tell.
 */
export function measureForeign({ loop, up, pid, reports, clock }: MeasuredProgram, onReport: (report: LoopReport) => void): LoopMetrics {
  let utilization = 0
  let last: ProcessUsage = { cpuSeconds: 0, rssBytes: 0 }
  let lastAt = clock.now()
  const metrics = createLoopMetrics({
    loop,
    foreign: true,
    up,
    isolated: () => false,
    readings: () => ({ utilization, ...last }),
    more: () => reports.families(loop),
  })
  const report = async (): Promise<void> => {
    const usage = await processUsage(pid)
    const now = clock.now()
    // A child that ends while it is looked at is missed for a moment.
    const cpuSeconds = Math.max(last.cpuSeconds, usage.cpuSeconds)
    const share = (cpuSeconds - last.cpuSeconds) / ((now - lastAt) / 1000)
    last = { cpuSeconds, rssBytes: usage.rssBytes }
    lastAt = now
    const said = reports.takeWindow()
    utilization = said.utilization ?? Math.min(1, share)
    const { delaysMs } = said
    const { inFlight, requests } = reports
    const { rssBytes } = usage
    onReport(buildReport({ utilization, delaysMs, inFlight, requests, rssBytes, heapUsedBytes: 0, routes: [], isolated: false }))
  }
  setInterval(() => void report(), reportMs).unref()
  return metrics
}
