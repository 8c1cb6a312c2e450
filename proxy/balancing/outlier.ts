import type { Settings } from '../../config/schema.ts'

export type OutlierTuning = Pick<Settings['health'], 'ejectAfter' | 'ejectFor'>

const maxMultiplier = 10
// A flapping endpoint succeeds often between its failures: forgetting on every success would keep it at the
// shortest ejection for ever.
const successesToForgive = 100

/**
 * Passive ejection of one endpoint by what happens to requests. After enough failures in a row it is ejected, each
 * time for longer. When it returns it is on trial: the run of failures stands, so one more ejects it again, and
 * one success clears it.
 */
export class Outlier {
  readonly #ejectAfter: number
  readonly #ejectFor: number
  #failuresInRow = 0
  #successesInRow = 0
  #multiplier = 0
  #returnsAt = Number.NEGATIVE_INFINITY

  constructor(tuning: OutlierTuning) {
    this.#ejectAfter = tuning.ejectAfter
    this.#ejectFor = tuning.ejectFor
  }

  /** When the last ejection ends, on the caller's clock; -Infinity before the first. */
  get returnsAt(): number {
    return this.#returnsAt
  }

  isEjected(now: number): boolean {
    return now < this.#returnsAt
  }

  success(): void {
    this.#failuresInRow = 0
    if (this.#multiplier === 0) return
    this.#successesInRow += 1
    if (this.#successesInRow < successesToForgive) return
    this.#successesInRow = 0
    this.#multiplier -= 1
  }

  /** Counts a failed request; true when this one ejected the endpoint. */
  failure(now: number): boolean {
    // Requests that were under way when it was ejected fail together: they are one event, not many.
    if (this.isEjected(now)) return false
    this.#successesInRow = 0
    this.#failuresInRow += 1
    if (this.#failuresInRow < this.#ejectAfter) return false
    this.#multiplier = Math.min(maxMultiplier, this.#multiplier + 1)
    this.#returnsAt = now + this.#ejectFor * this.#multiplier
    return this.isEjected(now)
  }
}
