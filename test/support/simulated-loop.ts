import type { Rng } from '../../core/sources.ts'
import { busyBeatMs } from '../../link/beat.ts'
import type { AdaptiveLimit } from '../../proxy/balancing/load/adaptive-limit.ts'

/** What one request asks of the loop, in milliseconds: CPU, then a wait for something else, then CPU again. */
export interface Demand {
  readonly before: number
  readonly wait: number
  readonly after: number
}

interface Request {
  readonly dueAt: number
  readonly demand: Demand
  givenAt: number
}

/** What happened in one stretch of simulated time. */
export interface Stretch {
  readonly answered: number
  /** Of those answered: how long the loop held each, in milliseconds. */
  readonly heldMs: readonly number[]
  /** How many of those answered had to wait for the loop in the queue. */
  readonly waited: number
  readonly refused: number
  /** The limits that were in force, at every beat or answer. */
  readonly limits: readonly number[]
  /** The most requests held at once. */
  readonly mostHeld: number
}

const networkMs = 0.1

/**
 * An event loop behind a balancer with a limit and a queue, in simulated time. As Node does, the loop takes all that has
 * come in one turn, and beats and answers between two turns.
 */
export class SimulatedLoop {
  readonly #limit: AdaptiveLimit
  readonly #rng: Rng
  readonly #queueMs: number
  // The balancer's
  #queue: Request[] = []
  #held = 0
  // On the way to the loop, and from it: an empty request is a beat. Times never fall.
  #toLoop: { at: number; request: Request }[] = []
  #fromLoop: { at: number; request: Request | undefined; lateMs: number }[] = []
  #waiting: { at: number; request: Request }[] = []
  #freeAt = 0
  #beatDue = Infinity
  #holds = 0
  #now = 0
  #stretch = fresh()

  /** @param queueMs how long a request may wait for the loop */
  constructor(limit: AdaptiveLimit, rng: Rng, queueMs = 500) {
    this.#limit = limit
    this.#rng = rng
    this.#queueMs = queueMs
  }

  /** Lets requests come at random, so many a second, for so long. */
  run(ms: number, ratePerSecond: number, demand: () => Demand): Stretch {
    const end = this.#now + ms
    this.#stretch = fresh()
    const gap = (): number => (ratePerSecond === 0 ? Infinity : (-Math.log(1 - this.#rng()) * 1000) / ratePerSecond)
    let arrival = this.#now + gap()
    for (;;) {
      const turn = this.#nextTurn()
      const next = Math.min(arrival, this.#fromLoop[0]?.at ?? Infinity, turn)
      if (next > end) break
      this.#now = next
      if (next === this.#fromLoop[0]?.at) this.#receive(this.#fromLoop.shift()!)
      else if (next === arrival) {
        this.#queue.push({ dueAt: next, demand: demand(), givenAt: 0 })
        this.#dispatch()
        arrival += gap()
      } else this.#turn()
    }
    this.#now = end
    return this.#stretch
  }

  #nextTurn(): number {
    const event = Math.min(this.#toLoop[0]?.at ?? Infinity, this.#waiting[0]?.at ?? Infinity, this.#beatDue)
    return Math.max(this.#freeAt, event)
  }

  #turn(): void {
    const started = this.#now
    let time = started
    const done: Request[] = []
    if (this.#beatDue <= started) {
      this.#fromLoop.push({ at: started + networkMs, request: undefined, lateMs: started - this.#beatDue })
      this.#beatDue = this.#holds > 0 ? started + busyBeatMs : Infinity
    }
    while (this.#waiting.length > 0 && this.#waiting[0]!.at <= started) {
      const { request } = this.#waiting.shift()!
      time += request.demand.after
      done.push(request)
    }
    while (this.#toLoop.length > 0 && this.#toLoop[0]!.at <= started) {
      const { request } = this.#toLoop.shift()!
      this.#holds += 1
      if (this.#beatDue === Infinity) this.#beatDue = started + busyBeatMs
      time += request.demand.before
      if (request.demand.wait > 0) this.#wait(time + request.demand.wait, request)
      else done.push(request)
    }
    for (const request of done) this.#fromLoop.push({ at: time + networkMs, request, lateMs: 0 })
    this.#holds -= done.length
    this.#freeAt = time
  }

  #wait(at: number, request: Request): void {
    let low = 0
    for (let high = this.#waiting.length; low < high;) {
      const middle = (low + high) >> 1
      if (this.#waiting[middle]!.at <= at) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, { at, request })
  }

  #receive({ request, lateMs }: { readonly request: Request | undefined; readonly lateMs: number }): void {
    const { limit } = this.#limit
    this.#stretch.limits.push(limit)
    if (request === undefined) return this.#limit.heard?.(this.#now, this.#held, lateMs)
    this.#stretch.answered += 1
    this.#stretch.heldMs.push(this.#now - request.givenAt)
    if (request.givenAt > request.dueAt) this.#stretch.waited += 1
    this.#limit.observe?.(this.#now - request.givenAt, this.#held, this.#now)
    this.#held -= 1
    this.#dispatch()
    if (this.#held === 0) this.#limit.rests?.()
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && (this.#limit.limit === 0 || this.#held < this.#limit.limit)) {
      const request = this.#queue.shift()!
      if (this.#now - request.dueAt > this.#queueMs) {
        this.#stretch.refused += 1
        continue
      }
      request.givenAt = this.#now
      this.#held += 1
      this.#stretch.mostHeld = Math.max(this.#stretch.mostHeld, this.#held)
      this.#toLoop.push({ at: this.#now + networkMs, request })
    }
  }
}

const fresh = () => ({
  answered: 0,
  heldMs: [] as number[],
  waited: 0,
  refused: 0,
  limits: [] as number[],
  mostHeld: 0,
})
