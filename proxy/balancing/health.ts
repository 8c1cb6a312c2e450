import type { Settings } from '../../config/schema.ts'

export type HealthTuning = Pick<Settings['health'], 'failures' | 'successes'>

/**
 * What probes say of one endpoint. It flips only after so many equal answers in a row, so that one lost probe
 * is not an outage. An endpoint is healthy until shown otherwise.
 */
export class Health {
  readonly #failures: number
  readonly #successes: number
  #healthy = true
  // Answers in a row that contradict `healthy`.
  #against = 0

  constructor(tuning: HealthTuning) {
    this.#failures = tuning.failures
    this.#successes = tuning.successes
  }

  get healthy(): boolean {
    return this.#healthy
  }

  /** Counts one probe; true when this one flipped the state. */
  observe(ok: boolean): boolean {
    if (ok === this.#healthy) {
      this.#against = 0
      return false
    }
    this.#against += 1
    if (this.#against < (ok ? this.#successes : this.#failures)) return false
    return this.#flip()
  }

  /** The endpoint itself said that it does not serve: unhealthy at once. True when that flipped the state. */
  refuse(): boolean {
    if (this.#healthy) return this.#flip()
    this.#against = 0
    return false
  }

  #flip(): boolean {
    this.#healthy = !this.#healthy
    this.#against = 0
    return true
  }
}
