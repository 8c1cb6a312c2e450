import type { Rng } from '../core/sources.ts'

/** The gap to the next event of a Poisson process. */
export const exponential = (rng: Rng, mean: number): number => -mean * Math.log(1 - rng())
