/**
 * The two impure inputs of every decision: time and randomness. They are parameters everywhere else, so
 * that tests can fix them; this file alone reads the real ones (a lint rule holds that).
 */

/** Milliseconds on a clock that never goes backwards; only differences mean anything. */
export interface Clock {
  now(): number
}

/** A number drawn evenly from [0, 1). */
export type Rng = () => number

export const systemClock: Clock = { now: () => performance.now() }

export const systemRng: Rng = () => Math.random()
