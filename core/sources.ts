/**
 * The two impure inputs of every decision: time and randomness. They are parameters everywhere else, so
 * that tests can fix them; this file alone reads the real ones (a lint rule holds that).
 */

/** Milliseconds on a clock that never goes backwards; only differences mean anything. */
export interface Clock {
  now(): number
}

/** Milliseconds since 1970, for people and for files that outlive the process; it may jump. */
export interface WallClock {
  now(): number
}

/** A number drawn evenly from [0, 1). */
export type Rng = () => number

export const systemClock: Clock = { now: () => performance.now() }

export const systemWallClock: WallClock = { now: () => Date.now() }

export const systemRng: Rng = () => Math.random()
