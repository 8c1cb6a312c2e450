import { performance } from 'node:perf_hooks'

import type { Clock } from '../../core/sources.ts'
import type { OwnUsage } from './own-usage.ts'

/** The share of time in which the event loop is busy. */
export class Utilization {
  readonly #board: { readonly isProfiled: boolean }
  readonly #clock: Clock
  #before = performance.eventLoopUtilization()
  readonly #usage: Pick<OwnUsage, 'cpuSeconds'>
  #cpuBefore: number
  #tookAt: number
  #wasProfiled = false

  constructor(board: { readonly isProfiled: boolean }, clock: Clock, usage: Pick<OwnUsage, 'cpuSeconds'>) {
    this.#board = board
    this.#clock = clock
    this.#usage = usage
    this.#cpuBefore = usage.cpuSeconds()
    this.#tookAt = clock.now()
  }

  /** Since it was last taken, 0 to 1: since the start of the process, an hour of quiet would hide a loop that is stuck now. */
  take(): number {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    const cpu = this.#usage.cpuSeconds()
    const at = this.#clock.now()
    const cpuShare = ((cpu - this.#cpuBefore) * 1_000) / Math.max(1, at - this.#tookAt)
    // Each sample of a profiler ends the loop's sleep for Node, which counts what follows as work: an idle loop would look busy.
    const isDoubtful = this.#board.isProfiled || this.#wasProfiled
    this.#wasProfiled = this.#board.isProfiled
    this.#before = now
    this.#cpuBefore = cpu
    this.#tookAt = at
    return isDoubtful ? Math.min(utilization, cpuShare) : utilization
  }
}
