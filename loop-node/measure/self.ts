import type { LoopReport } from '../../core/messages.ts'
import type { Clock } from '../../core/sources.ts'
import type { LoopBoard } from '../watchdog/board.ts'
import { ChangedRoutes } from './changed-routes.ts'
import { startDelayTicks } from './delay-ticks.ts'
import { observeGcPauses } from './gc-pauses.ts'
import { createLoopMetrics, type LoopMetrics } from './metrics.ts'
import type { Occupancy } from './occupancy.ts'
import type { OwnUsage } from './own-usage.ts'
import { buildReport } from './report.ts'
import type { RouteTable } from './route-table.ts'
import { Utilization } from './utilization.ts'
import type { LoopVitals } from './vitals.ts'

export const reportMs = 500

interface Counts {
  readonly inFlight: number
  readonly requests: number
}

/** What of this process is measured, and by what. */
export interface Measured {
  readonly loop: string
  /** It says itself that it is up. */
  readonly up: boolean
  readonly counts: Counts
  readonly vitals: LoopVitals
  readonly routes: RouteTable
  readonly occupancy: Occupancy
  readonly board: LoopBoard
  readonly clock: Clock
  readonly usage: OwnUsage
  /** Whether a balancer keeps it for blocking routes. */
  readonly isolated: () => boolean
}

/** Measures this process: one report a window, and the metrics between; keeps `vitals` and the watchdog's board up to date. */
export function measureSelf(measured: Measured, onReport: (report: LoopReport) => void): LoopMetrics {
  const { loop, up, counts, vitals, routes, occupancy, board, clock, usage, isolated } = measured
  const changed = new ChangedRoutes(routes, clock)
  let delaysMs: number[] = []
  const metrics = createLoopMetrics({
    loop,
    foreign: false,
    up,
    isolated,
    readings: () => {
      const { heapUsed } = process.memoryUsage()
      const { inFlight, requests } = counts
      const { utilization } = vitals
      const requestSeconds = occupancy.openMs(clock.now()) / 1000
      const own = { inFlight, requests, requestSeconds, heapUsedBytes: heapUsed }
      return { utilization, rssBytes: usage.rssBytes(), cpuSeconds: usage.cpuSeconds(), own }
    },
    more: () => [routes.family()],
  })
  // The app is loaded. A request that comes before the first timer and hangs must not look like a part of that.
  board.tick()
  startDelayTicks(clock, (delayMs) => {
    board.tick()
    occupancy.tick(delayMs)
    delaysMs.push(delayMs)
    metrics.observeDelay(delayMs / 1000)
  })
  observeGcPauses((kind, seconds) => metrics.observeGc(kind, seconds))
  const busy = new Utilization(board, clock, usage)
  const report = (): void => {
    const utilization = busy.take()
    vitals.utilization = utilization
    vitals.delayMs = Math.max(0, ...delaysMs)
    const { heapUsed } = process.memoryUsage()
    const { inFlight, requests } = counts
    const now = clock.now()
    onReport(
      buildReport({
        utilization,
        delaysMs,
        inFlight,
        requests,
        tasks: { begun: requests, openSeconds: occupancy.openMs(now) / 1000, atSeconds: now / 1000 },
        rssBytes: usage.rssBytes(),
        heapUsedBytes: heapUsed,
        routes: changed.take(),
        longest: occupancy.takeLongest(),
        isolated: isolated(),
      }),
    )
    delaysMs = []
  }
  setInterval(report, reportMs).unref()
  return metrics
}
