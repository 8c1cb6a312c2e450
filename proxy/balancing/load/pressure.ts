import type { AdaptiveLimit } from './adaptive-limit.ts'

// Less would leave a loop nothing to do while its answers are on their way, and while a few slow bodies take up the places.
const leastLimit = 8
// Each beat moves the average by so much, and counts for two targets at most: one long handler brings it to 0.8 targets and
// sets no limit, two in a row do. The least of a few beats (as in CoDel, RFC 8289) would not do: a loop takes its requests in
// two batches by turns, the one it works on and the one that has come meanwhile, and one of them may stay small for ever.
const weight = 0.4
const mostTargets = 2
const growEveryMs = 50
const busyGrowth = 0.05
// What a loop holds that is hardly late waits for something else, a body that comes slowly for instance.
const idleGrowth = 0.15
/** A limit that has not bound for so long is none. */
const forgetAfterMs = 10_000

/**
 * How many requests a loop may hold, so that it does not stand far behind its events: what is held back waits in the
 * balancer's queue, where it can be ordered, moved and refused. The loop says with each beat how late its timers run: a
 * balancer that is short of CPU itself hears late of loops that are not. A healthy loop has no limit, however many requests wait in it for something else than its CPU.
 */
export class PressureLimit implements AdaptiveLimit {
  /** Requests of this balancer; 0 sets none. */
  limit = 0
  readonly #targetMs: number
  #exact = 0
  /** How late the loop stands behind its events, in milliseconds: an average over the last beats. */
  #lateMs = 0
  // Held at the last beat: these made the loop late since.
  #held = 0
  #changedAt = 0
  #boundAt = 0

  /** @param targetMs how late the loop may stand; 0 sets no limit ever */
  constructor(targetMs: number) {
    this.#targetMs = targetMs
  }

  heard(now: number, inFlight: number, lateMs: number): void {
    if (this.#targetMs === 0) return
    if (inFlight === 0) return this.rests()
    if (this.limit > 0 && now - this.#boundAt >= forgetAfterMs) this.#set(0, now)
    // With more held than the limit allows, the beat says nothing of the limit: it has yet to come into force.
    const inForce = this.limit === 0 || this.#held <= this.limit + 1
    if (inForce) {
      this.#lateMs += weight * (Math.min(lateMs, mostTargets * this.#targetMs) - this.#lateMs)
      this.#judge(now, Math.min(this.#held, inFlight))
    } else if (lateMs < this.#targetMs / 4) {
      // It holds more than it was to, and is on time: they wait for something else than its CPU, slow bodies for instance.
      this.#set(Math.max(this.#exact, Math.min(this.#held, inFlight)), now)
      this.#boundAt = now
    }
    this.#held = inFlight
  }

  rests(): void {
    this.#lateMs = 0
  }

  #judge(now: number, held: number): void {
    if (held >= 0.9 * this.limit) this.#boundAt = now
    if (this.#lateMs > this.#targetMs) {
      const base = this.limit === 0 ? held : Math.min(this.#exact, held)
      // So few are no crowd: the loop is late by what each of them does.
      if (this.limit === 0 && held <= leastLimit) return
      this.#set(Math.max(leastLimit, (base * this.#targetMs) / this.#lateMs), now)
      // What the new limit is expected to bring; the old average would be counted against it again.
      this.#lateMs = this.#targetMs
      this.#boundAt = now
    } else if (this.limit > 0 && this.#boundAt === now && now - this.#changedAt >= growEveryMs) {
      const growth = this.#lateMs < this.#targetMs / 4 ? idleGrowth : busyGrowth
      this.#set(this.#exact + Math.max(1, growth * this.#exact), now)
    }
  }

  #set(exact: number, now: number): void {
    this.#exact = exact
    this.limit = Math.floor(exact)
    this.#changedAt = now
  }
}
