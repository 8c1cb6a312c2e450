import { performance } from 'node:perf_hooks'

import type { Clock } from '../../core/sources.ts'

/** The share of time in which the event loop is busy. */
export class Utilization {
  readonly #board: { readonly isProfiled: boolean }
  readonly #clock: Clock
  #before = performance.eventLoopUtilization()
  #cpuBefore = process.cpuUsage()
  #tookAt: number
  #wasProfiled = false

  constructor(board: { readonly isProfiled: boolean }, clock: Clock) {
    this.#board = board
    this.#clock = clock
    this.#tookAt = clock.now()
  }

  /** Since it was last taken, 0 to 1: since the start of the process, an hour of quiet would hide a loop that is stuck now. */
  take(): number {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    const { user, system } = process.cpuUsage(this.#cpuBefore)
    const at = this.#clock.now()
    const cpuShare = (user + system) / 1_000 / Math.max(1, at - this.#tookAt)
    // Each sample of a profiler ends the loop's sleep for Node, which counts what follows as work: an idle loop would look busy.
    const isDoubtful = this.#board.isProfiled || this.#wasProfiled
    this.#wasProfiled = this.#board.isProfiled
    this.#before = now
    this.#cpuBefore = process.cpuUsage()
    this.#tookAt = at
    return isDoubtful ? Math.min(utilization, cpuShare) : utilization
  }
}
