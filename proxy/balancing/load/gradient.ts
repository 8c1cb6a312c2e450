import type { AdaptiveLimit } from './adaptive-limit.ts'

const leastLimit = 4
const mostLimit = 1_000
const firstLimit = 20
/** A window is over after so many answers and so much time, and never before an answer's own time has passed. */
const windowAnswers = 10
const windowMs = 20
/** How much longer than at its best a response may take: routes differ, and averages of few answers vary. */
const tolerance = 1.5
const smoothing = 0.3
/** After so long at its limit, half of it tells what the endpoint's best time is now. */
const probeEveryMs = 10_000

/**
 * How many requests an endpoint may hold, so that its response time stays near its best. After Gradient2Limit of Netflix's
 * concurrency-limits: the ratio of the best time to the recent one scales the limit, and the square root of the limit is
 * what may queue. There the best time is a long-term average, which follows an overload that lasts until the limit stands at
 * its maximum; here it is measured again from time to time at half the limit, as BBR probes the round-trip time.
 */
export class GradientLimit implements AdaptiveLimit {
  limit: number = firstLimit
  #exact = firstLimit
  /** The response time while the endpoint is not crowded; 0 before it is known. */
  #bestMs = 0
  #bestAt = 0
  /** The limit at that time. */
  #bestLimit = firstLimit
  // Of the window: since when, or from when on, for a probe waits until what came to a crowd is over; NaN where that is not
  // known yet.
  #since = Number.NaN
  #probing = true
  #sumMs = 0
  #answers = 0
  #most = 0

  /**
   * An answer has come. What is no time (NaN, negative, infinite) is ignored.
   * @param rttMs from when the endpoint was given the request
   * @param inFlight requests the endpoint holds, this one included
   */
  observe(rttMs: number, inFlight: number, now: number): void {
    if (!(rttMs >= 0 && Number.isFinite(rttMs))) return
    if (Number.isNaN(this.#since)) {
      // A probe begins when the endpoint holds no more than it may now.
      if (inFlight <= this.limit) this.#since = now + 2 * rttMs
      return
    }
    if (now < this.#since) return
    this.#sumMs += rttMs
    this.#answers += 1
    if (inFlight > this.#most) this.#most = inFlight
    if (this.#answers < windowAnswers || now - this.#since < windowMs) return
    const meanMs = this.#sumMs / this.#answers
    if (now - this.#since < meanMs) return
    if (this.#probing) this.#endProbe(meanMs, now)
    else this.#judge(meanMs, now)
    this.#sumMs = 0
    this.#answers = 0
    this.#most = 0
    this.#since = this.#probing ? Number.NaN : now
  }

  #judge(meanMs: number, now: number): void {
    const crowded = this.#most > this.#exact / 2
    if (!crowded || meanMs < this.#bestMs) this.#bestMs += smoothing * (meanMs - this.#bestMs)
    // Its time does not depend on a limit that it is far from.
    if (!crowded) return this.#knowBest(now)
    const gradient = Math.max(0.5, Math.min(2, (tolerance * this.#bestMs) / meanMs))
    const wanted = this.#exact * gradient + Math.sqrt(this.#exact)
    this.#exact = Math.max(leastLimit, Math.min(mostLimit, this.#exact + smoothing * (wanted - this.#exact)))
    this.limit = Math.floor(this.#exact)
    // At half of what it was, and still slow: its best time may have become another.
    if (this.#exact < this.#bestLimit / 2) this.#probing = true
    else if (now - this.#bestAt >= probeEveryMs) {
      this.#probing = true
      this.limit = Math.max(leastLimit, Math.floor(this.#exact / 2))
    }
  }

  #endProbe(meanMs: number, now: number): void {
    this.#bestMs = meanMs
    this.#knowBest(now)
    this.#probing = false
    this.limit = Math.floor(this.#exact)
  }

  #knowBest(now: number): void {
    this.#bestAt = now
    this.#bestLimit = this.#exact
  }
}
