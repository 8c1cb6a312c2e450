import type { Rng } from '../../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'

/**
 * Draws two different endpoints and returns the one that costs less; the first drawn where they cost the same. Undefined
 * where there is none.
 */
export function cheaperOfTwo(serving: readonly Endpoint[], rng: Rng, cost: (endpoint: Endpoint) => number): Endpoint | undefined {
  const count = serving.length
  if (count < 2) return serving[0]
  const first = Math.floor(rng() * count)
  // Drawn from the others, so that the two always differ.
  const draw = Math.floor(rng() * (count - 1))
  const a = serving[first]!
  const b = serving[draw < first ? draw : draw + 1]!
  return cost(b) < cost(a) ? b : a
}
