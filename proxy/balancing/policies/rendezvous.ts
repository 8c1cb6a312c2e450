import type { Endpoint } from '../endpoint.ts'
import type { Policy } from './policy.ts'

/**
 * Highest random weight: every key ranks all loops, and the first of them that serves gets it. A loop that
 * leaves moves only its own keys. Loops are ranked by their id, so a successor inherits the clients. Without a key
 * the fallback decides.
 */
export class Rendezvous implements Policy {
  readonly #fallback: Policy

  constructor(fallback: Policy) {
    this.#fallback = fallback
  }

  pick(serving: readonly Endpoint[], key: string | undefined): Endpoint | undefined {
    if (key === undefined) return this.#fallback.pick(serving, key)
    const keyHash = fnv1a(fnvOffset, key)
    let best: Endpoint | undefined
    let bestWeight = -1
    for (const endpoint of serving) {
      const weight = avalanche(fnv1a(keyHash, endpoint.loop))
      if (weight > bestWeight) {
        best = endpoint
        bestWeight = weight
      }
    }
    return best
  }
}

const fnvOffset = 0x811c9dc5

function fnv1a(seed: number, text: string): number {
  let hash = seed
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

// The finaliser of MurmurHash3. FNV alone barely mixes its last bytes, and ids differ only there: neighbouring
// loops would rank alike for every key.
function avalanche(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
