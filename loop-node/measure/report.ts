import type { LoopReport } from '../../core/messages.ts'
import type { RouteCounts } from '../../core/route-counts.ts'
import type { LongHold, TaskCounts } from '../../core/status.ts'

interface Window {
  /** 0 to 1 over the window. */
  readonly utilization: number
  /** How late each tick of the window was, in milliseconds. */
  readonly delaysMs: readonly number[]
  readonly inFlight: number
  /** Since the process began. */
  readonly requests: number
  readonly tasks?: TaskCounts | undefined
  readonly rssBytes: number
  readonly heapUsedBytes: number
  readonly routes: readonly RouteCounts[]
  readonly longest?: LongHold | undefined
  readonly isolated: boolean
}

/** What the supervisor is told of one window. */
export function buildReport(window: Window): LoopReport {
  const { delaysMs, ...rest } = window
  return { ...rest, utilization: Math.min(1, Math.max(0, window.utilization)), delayP99Ms: percentile(delaysMs, 0.99) }
}

/** The smallest value that is not below the given share of all; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!
}
