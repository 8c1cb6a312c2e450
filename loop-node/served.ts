import type { LoopReport } from '../core/messages.ts'
import type { LoopMetrics } from './measure/metrics.ts'
import type { ServeTarget } from './serve-target.ts'

/** An app or a foreign server that serves, as the life of its loop sees it. */
export interface Served {
  /** What kind of app was found. */
  readonly kind: string
  /** Where it serves, as ADDRESSes with real ports. */
  readonly addresses: readonly string[]
  /** How to reach it from this process. */
  readonly target: ServeTarget
  /** Begins to measure; reports go to the callback. */
  measure(up: boolean, onReport: (report: LoopReport) => void): LoopMetrics
  /** From now on probes are told that it is ready. */
  ready(): void
  /** From now on probes are told that it drains, and clients to close their connections; it serves on. */
  announceDrain(): void
  /** Settles when no one can need this loop any more though no one says so: its supervisor is gone. */
  deserted(limitMs: number): Promise<void>
  /** Finishes what is open; settles at the limit at the latest. */
  drain(limitMs: number): Promise<void>
}
