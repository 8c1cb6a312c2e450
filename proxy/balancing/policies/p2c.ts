import type { Rng } from '../../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'
import { cheaperOfTwo } from './cheaper-of-two.ts'
import type { Policy } from './policy.ts'

const requestsHeld = (endpoint: Endpoint): number => endpoint.inFlight

/** Power of two choices: the one with fewer requests of two drawn at random. */
export class P2c implements Policy {
  readonly #rng: Rng

  constructor(rng: Rng) {
    this.#rng = rng
  }

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    return cheaperOfTwo(serving, this.#rng, requestsHeld)
  }
}
