import { fadedSpan } from './fading-sum.ts'

/** What the routes ask of the loops, over all loops and balancers. */
export interface Demand {
  /** Event loops that the blocking routes would keep busy: 0.6 is six tenths of one. */
  readonly blockingLoops: number
  /** Event loops that everything else keeps busy. */
  readonly otherLoops: number
  /** The share of requests that are not on blocking routes, 0 to 1. */
  readonly otherShare: number
  /** There was a request on a blocking route lately. */
  readonly blockingSeen: boolean
}

/** Work is looked at over a short while, to follow a rise, and over a long one, which chance moves little. Milliseconds. */
export const shortMs = 2_000
export const longMs = 20_000

/** Faded sums. */
export interface WorkSums {
  /** Milliseconds for which loops were held. */
  shortWork: number
  longWork: number
  /** Of the same holds, each squared. */
  longSquares: number
  longRequests: number
}

export const noWork = (): WorkSums => ({ shortWork: 0, longWork: 0, longSquares: 0, longRequests: 0 })

// Standard deviations that are no chance: few and long holds come in clusters that no normal distribution knows of.
const significant = 4.5
// Work of less time than this says little of a rate.
const youngestMs = 1_000

/**
 * Event loops that the work keeps busy. The short look counts only where it shows more than the long one can explain by
 * chance: the requests of a steady load come in clusters, and each cluster would otherwise claim loops of its own.
 * @param ageMs for how long there have been reports
 */
export function busyLoops({ shortWork, longWork, longSquares }: WorkSums, ageMs: number): number {
  if (longWork <= 0) return 0
  const age = Math.max(ageMs, youngestMs)
  const short = shortWork / fadedSpan(age, shortMs)
  const long = longWork / fadedSpan(age, longMs)
  // Shot noise (Campbell's theorem). There may as well have been one request more in all that time.
  const hold = longSquares / longWork
  const deviation = Math.sqrt((long * hold + (hold * hold) / longMs) / (2 * shortMs))
  return short - long > significant * deviation ? short : long
}
