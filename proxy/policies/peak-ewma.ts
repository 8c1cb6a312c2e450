import type { Clock, Rng } from '../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Policy } from './policy.ts'

/** The one expected to answer sooner of two drawn at random: recent latency times the requests it holds. */
export class PeakEwmaPolicy implements Policy {
  readonly #clock: Clock
  readonly #rng: Rng

  constructor(clock: Clock, rng: Rng) {
    this.#clock = clock
    this.#rng = rng
  }

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    const count = serving.length
    if (count < 2) return serving[0]
    const first = Math.floor(this.#rng() * count)
    const draw = Math.floor(this.#rng() * (count - 1))
    const a = serving[first]!
    const b = serving[draw < first ? draw : draw + 1]!
    const now = this.#clock.now()
    return b.latency.cost(now, b.inFlight) < a.latency.cost(now, a.inFlight) ? b : a
  }
}
