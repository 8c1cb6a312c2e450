import type { Clock, Rng } from '../../core/sources.ts'
import type { Endpoint } from './endpoint.ts'

const firstWeight = 0.1

interface Newcomer {
  readonly seenAt: number
  /** False for one that started with the others. */
  readonly slowed: boolean
}

/**
 * Lets an endpoint that has joined others take part in few choices at first, and in more as time goes on: its code is not
 * compiled yet, its caches are empty. Those that start together are not slowed: nobody could do their work.
 */
export class SlowStart {
  readonly #ms: number
  readonly #clock: Clock
  readonly #rng: Rng
  // When each was first seen to serve. One that was ejected, silent or drained and is back is known.
  readonly #known = new WeakMap<Endpoint, Newcomer>()
  /** Those that serve and are fresh. */
  #fresh: readonly Endpoint[] = []
  /** When the last of them is fresh no more. */
  #until = Number.NEGATIVE_INFINITY
  // One array for all choices: it is looked at and left before the next one.
  readonly #taking: Endpoint[] = []

  /** @param ms until a fresh endpoint takes part in every choice, in milliseconds; 0 slows none */
  constructor(ms: number, clock: Clock, rng: Rng) {
    this.#ms = ms
    this.#clock = clock
    this.#rng = rng
  }

  /** Told of every change: who serves now. */
  follow(serving: readonly Endpoint[]): void {
    if (this.#ms === 0) return
    const now = this.#clock.now()
    const slowed = serving.some((endpoint) => now - (this.#known.get(endpoint)?.seenAt ?? now) >= this.#ms)
    for (const endpoint of serving) if (!this.#known.has(endpoint)) this.#known.set(endpoint, { seenAt: now, slowed })
    this.#fresh = serving.filter((endpoint) => this.#ageOf(endpoint, now) < this.#ms)
    this.#until = now + this.#ms - Math.min(this.#ms, ...this.#fresh.map((endpoint) => this.#ageOf(endpoint, now)))
  }

  /** True while any is fresh. */
  get active(): boolean {
    return this.#fresh.length > 0 && this.#clock.now() < this.#until
  }

  /** Those that take part in this choice; never none of some. Valid until the next call. */
  thin(serving: readonly Endpoint[]): readonly Endpoint[] {
    if (!this.active) return serving
    const now = this.#clock.now()
    const least = this.#leastWeight(serving.length)
    const taking = this.#taking
    taking.length = 0
    for (const endpoint of serving) {
      const age = this.#ageOf(endpoint, now)
      if (age >= this.#ms || this.#rng() < Math.max(least, firstWeight + ((1 - firstWeight) * age) / this.#ms)) taking.push(endpoint)
    }
    return taking.length > 0 ? taking : serving
  }

  // Infinity for one that is not slowed.
  #ageOf(endpoint: Endpoint, now: number): number {
    const newcomer = this.#known.get(endpoint)
    return newcomer?.slowed === true ? now - newcomer.seenAt : Number.POSITIVE_INFINITY
  }

  // With few that are not fresh, the fresh ones must do more: else a quick reload would give the last old loop the work of all.
  // Half of all take part on average, so that nobody does more than twice its share.
  #leastWeight(count: number): number {
    const fresh = Math.min(count, this.#fresh.length)
    return fresh === 0 ? 1 : Math.max(firstWeight, (count / 2 - (count - fresh)) / fresh)
  }
}
