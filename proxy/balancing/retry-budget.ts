import type { Settings } from '../../config/schema.ts'
import type { Clock } from '../../core/sources.ts'

const slots = 10
const slotMs = 1_000

export interface RetryBudgetOptions {
  /** Retries allowed as a share of requests. */
  readonly ratio: Settings['retry']['budget']
  /** Retries allowed in any case. */
  readonly reserve: Settings['retry']['reserve']
}

/**
 * Keeps retries a small share of the requests of the last ten seconds, so that repeats do not finish off a cluster that is
 * failing.
 */
export class RetryBudget {
  readonly #ratio: number
  readonly #reserve: number
  readonly #clock: Clock
  readonly #requests = new Float64Array(slots)
  readonly #retries = new Float64Array(slots)
  #requestSum = 0
  #retrySum = 0
  #second: number

  constructor(options: RetryBudgetOptions, clock: Clock) {
    this.#ratio = options.ratio
    this.#reserve = options.reserve
    this.#clock = clock
    this.#second = Math.floor(clock.now() / slotMs)
  }

  /** Counts a request (its first attempt). */
  request(): void {
    const slot = this.#advance()
    this.#requests[slot]! += 1
    this.#requestSum += 1
  }

  /** Takes a retry out of the budget; false when there is none left. */
  tryRetry(): boolean {
    const slot = this.#advance()
    if (this.#retrySum >= Math.max(this.#reserve, Math.floor(this.#ratio * this.#requestSum))) return false
    this.#retries[slot]! += 1
    this.#retrySum += 1
    return true
  }

  // Clears the slots that the window has left behind and returns the current one.
  #advance(): number {
    const second = Math.floor(this.#clock.now() / slotMs)
    for (let steps = Math.min(slots, second - this.#second); steps > 0; steps -= 1) {
      const slot = (second - steps + 1) % slots
      this.#requestSum -= this.#requests[slot]!
      this.#retrySum -= this.#retries[slot]!
      this.#requests[slot] = 0
      this.#retries[slot] = 0
    }
    this.#second = second
    return second % slots
  }
}
