import { Value } from 'typebox/value'

import { Settings } from '../config/schema.ts'
import type { Rng } from '../core/sources.ts'
import { ModelBalancer } from './model-balancer.ts'
import { ModelLoop } from './model-loop.ts'
import { ModelRequest, type End, type Route } from './model-request.ts'
import { seededRng } from '../load/seeded-rng.ts'
import { exponential } from './randomness.ts'
import { VirtualTime, type Happening } from './virtual-time.ts'

export interface ClusterOptions {
  readonly loops: number
  /** Sync workers for blocking routes beside them, with the ids `b0`, `b1`, … */
  readonly pool?: number
  readonly balancers: number
  readonly seed: number
  readonly settings: Partial<Settings>
  /** Without it nothing is kept apart, nobody listens for silence, and nothing is limited: what any balancer knows. */
  readonly brain: boolean
  /** Called once for each request. */
  readonly onEnd: (request: ModelRequest, end: End, now: number) => void
}

/** What comes: how many requests a second, and which. */
export interface Traffic {
  /** Requests a second at a time; never more than `most`. */
  readonly rateAt: (now: number) => number
  readonly most: number
  /** The routes with their shares, which make 1 in all. */
  readonly mix: readonly (readonly [Route, number])[]
}

// A process that has just started is so much slower than one whose code is compiled, and for so long. Milliseconds.
const coldSlowness = 3
const coldMs = 3_000

/** Loops and balancers in virtual time. */
export class Cluster {
  readonly time = new VirtualTime()
  readonly rng: Rng
  readonly balancers: readonly ModelBalancer[]
  readonly #onEnd: (request: ModelRequest, end: End) => void
  #loops: ModelLoop[]
  #leaving = new Set<ModelLoop>()
  #born = 0
  #open = 0

  constructor({ loops, pool = 0, balancers, seed, settings, brain, onEnd }: ClusterOptions) {
    this.rng = seededRng(seed)
    const whole: Settings = { ...Value.Create(Settings), ...settings }
    const used: Settings = brain
      ? whole
      : { ...whole, isolation: { ...whole.isolation, mode: 'off' }, concurrency: 'unlimited', slowStart: 0 }
    this.balancers = Array.from({ length: balancers }, (_, index) => new ModelBalancer(used, this.time, this.rng, brain, index / balancers))
    this.#loops = Array.from({ length: loops + pool }, (_, at) => this.#bear(at < loops ? String(at) : `b${at - loops}`, false))
    this.#onEnd = (request, end) => {
      this.#open--
      onEnd(request, end, this.time.now())
    }
    this.#tell()
  }

  get loops(): readonly ModelLoop[] {
    return this.#loops
  }

  /** Requests that have come and not ended. */
  get open(): number {
    return this.#open
  }

  /** Lets requests come as a Poisson process, each to a balancer drawn at random, from now on. */
  begin({ rateAt, most, mix }: Traffic): void {
    const { time, rng } = this
    const gapMs = 1_000 / most
    const arrival: Happening = {
      happen: () => {
        time.after(exponential(rng, gapMs), arrival)
        // Thinned: a rate that changes needs no other process than one that does not.
        if (rng() * most < rateAt(time.now())) this.send(pick(mix, rng()))
      },
    }
    time.after(exponential(rng, gapMs), arrival)
  }

  send(route: Route): void {
    const { balancers } = this
    const balancer = balancers.length === 1 ? balancers[0]! : balancers[Math.floor(this.rng() * balancers.length)]!
    this.#open++
    balancer.balancer.claim(new ModelRequest(balancer, route, this.time.now(), this.#onEnd))
  }

  /** Starts a loop's successor, and lets the loop finish what it holds for so long. */
  replace(id: string, drainMs: number): void {
    const old = this.#loops.find((loop) => loop.id === id && !this.#leaving.has(loop))!
    this.#loops.push(this.#bear(id, true))
    this.#leaving.add(old)
    this.#tell()
    this.time.later(drainMs, () => this.#end(old))
  }

  #end(loop: ModelLoop): void {
    this.#leaving.delete(loop)
    this.#loops = this.#loops.filter((other) => other !== loop)
    this.#tell()
    loop.kill()
  }

  #bear(id: string, cold: boolean): ModelLoop {
    const { time } = this
    const bornAt = time.now()
    const slowness = cold ? () => 1 + (coldSlowness - 1) * Math.max(0, 1 - (time.now() - bornAt) / coldMs) : undefined
    return new ModelLoop(`${id}.${this.#born++}`, id, time, this.rng(), slowness, id.startsWith('b'))
  }

  #tell(): void {
    for (const balancer of this.balancers) balancer.apply(this.#loops, this.#leaving)
  }
}

function pick(mix: Traffic['mix'], drawn: number): Route {
  let rest = drawn
  for (const [route, share] of mix) if ((rest -= share) < 0) return route
  return mix.at(-1)![0]
}
