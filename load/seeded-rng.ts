import type { Rng } from '../core/sources.ts'

/** A stream of numbers that is the same for the same seed. Mulberry32: small, and even enough to draw by (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
