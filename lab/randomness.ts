import type { Rng } from '../core/sources.ts'

/** A stream of numbers that is the same for the same seed (Mulberry32). */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** The gap to the next event of a Poisson process. */
export const exponential = (rng: Rng, mean: number): number => -mean * Math.log(1 - rng())
