import type { Clock, Rng } from '../../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'
import { cheaperOfTwo } from './cheaper-of-two.ts'
import type { Policy } from './policy.ts'

/** The one expected to answer sooner of two drawn at random: recent latency times the requests it holds. */
export class PeakEwmaPolicy implements Policy {
  readonly #rng: Rng
  // Made once: a function for each request would be garbage.
  readonly #cost: (endpoint: Endpoint) => number

  constructor(clock: Clock, rng: Rng) {
    this.#rng = rng
    this.#cost = ({ latency, inFlight }) => latency.cost(clock.now(), inFlight)
  }

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    return cheaperOfTwo(serving, this.#rng, this.#cost)
  }
}
