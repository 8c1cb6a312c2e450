const tauMs = 10_000
// A new endpoint has shown nothing yet: taken for free, it would get every request of its first moments.
const seedMs = 100
// Below this all endpoints are equally fast, so a slow one whose cost has decayed ties with them and is tried again.
const floorMs = 1
const leastPenaltyMs = 1_000
const mostPenaltyMs = 60_000

/**
 * The time an endpoint takes to begin its responses, in milliseconds: a rise counts at once, a fall slowly
 * (exponentially, over ten seconds). The cost decays while nothing is observed, so that an endpoint once slow
 * is tried again.
 */
export class PeakEwma {
  #ms = seedMs
  #at: number

  constructor(now: number) {
    this.#at = now
  }

  /** The expected work of one more request: projected to `now`, and never written. */
  cost(now: number, inFlight: number): number {
    return Math.max(floorMs, this.#ms * this.#weight(now)) * (inFlight + 1)
  }

  /** Records the time of one response. What is no time (NaN, negative, infinite) is ignored. */
  observe(rttMs: number, now: number): void {
    if (!(rttMs >= 0 && Number.isFinite(rttMs) && Number.isFinite(now))) return
    const weight = this.#weight(now)
    this.#ms = Math.max(rttMs, this.#ms * weight + rttMs * (1 - weight))
    this.#at = Math.max(this.#at, now)
  }

  /** Records a failure as a slow response: failures are often quick, and must not look like speed. */
  penalise(now: number): void {
    const doubled = 2 * this.#ms * this.#weight(now)
    this.observe(Math.min(mostPenaltyMs, Math.max(leastPenaltyMs, doubled)), now)
  }

  #weight(now: number): number {
    const elapsed = now - this.#at
    return elapsed > 0 ? Math.exp(-elapsed / tauMs) : 1
  }
}
