/**
 * How many requests an endpoint may hold at once, as its own behaviour tells. Times are of one clock, in milliseconds. What
 * a limit does not learn from it does not have, so that nobody calls for nothing.
 */
export interface AdaptiveLimit {
  /** 0 sets none. */
  readonly limit: number
  /** A response has begun. @param inFlight requests of this balancer that the endpoint holds */
  observe?(rttMs: number, inFlight: number, now: number): void
  /** A beat has come from a loop. @param lateMs how late the loop stands behind its events */
  heard?(now: number, inFlight: number, lateMs: number): void
  /** The endpoint holds nothing any more. */
  rests?(): void
}
