import type { Rng } from '../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Policy } from './policy.ts'

/** Power of two choices: the one with fewer requests of two drawn at random. */
export class P2c implements Policy {
  readonly #rng: Rng

  constructor(rng: Rng) {
    this.#rng = rng
  }

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    const count = serving.length
    if (count < 2) return serving[0]
    const first = Math.floor(this.#rng() * count)
    // Drawn from the others, so that the two always differ.
    const draw = Math.floor(this.#rng() * (count - 1))
    const a = serving[first]!
    const b = serving[draw < first ? draw : draw + 1]!
    return b.inFlight < a.inFlight ? b : a
  }
}
