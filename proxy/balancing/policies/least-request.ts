import type { Endpoint } from '../endpoint.ts'
import type { Policy } from './policy.ts'

/**
 * The endpoint that holds the fewest requests. Ties go round: the one chosen first on every tie would get all the
 * light traffic.
 */
export class LeastRequest implements Policy {
  #cursor = 0

  pick(serving: readonly Endpoint[]): Endpoint | undefined {
    const count = serving.length
    if (count === 0) return undefined
    let index = this.#cursor < count ? this.#cursor : 0
    let bestIndex = index
    let best = serving[index]!
    for (let step = 1; step < count; step += 1) {
      index = index + 1 < count ? index + 1 : 0
      const candidate = serving[index]!
      if (candidate.inFlight < best.inFlight) {
        best = candidate
        bestIndex = index
      }
    }
    this.#cursor = bestIndex + 1
    return best
  }
}
