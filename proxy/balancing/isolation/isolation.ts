import { concurrencyCap } from '../../../config/concurrency.ts'
import type { Settings } from '../../../config/schema.ts'
import { compareLoops } from '../../../core/loop-order.ts'
import type { RouteCounts } from '../../../core/route-counts.ts'
import type { Clock } from '../../../core/sources.ts'
import type { Endpoint } from '../endpoint.ts'
import type { EndpointSet } from '../endpoint-set.ts'
import { ordinary, type RouteKind } from '../route-kind.ts'
import { allHang } from '../tiers.ts'
import { RouteClasses } from './route-classes.ts'
import { Split } from './split.ts'

/** How often the split is to be looked at again, in milliseconds. */
export const reviewMs = 100
// A loop that has been silent for so long carries nothing, and another one is kept in its place; unless it is about what its work takes.
const lostMs = 1_000
const lostHolds = 4

interface IsolationParts {
  readonly endpoints: EndpointSet
  readonly settings: Pick<Settings, 'isolation' | 'routes' | 'policy' | 'model' | 'concurrency'>
  readonly clock: Clock
}

/**
 * Keeps the routes that hold event loops apart: learns which they are, and keeps the fewest loops for them that carry them. Each
 * balancer decides alone, by what all loops report of the requests of all balancers, and says so to the loops; a loop is kept apart while
 * any balancer says so.
 */
export class Isolation {
  readonly #parts: IsolationParts
  readonly #classes: RouteClasses
  readonly #split: Split
  #reserve = 1
  #kept = 0
  #poolHangsMs = Number.POSITIVE_INFINITY

  constructor(parts: IsolationParts) {
    this.#parts = parts
    this.#classes = new RouteClasses(parts.settings)
    this.#split = new Split(parts.settings.isolation.target)
  }

  /** What is known of the route that this request is for. */
  kindOf(method: string, path: string): RouteKind {
    return this.#classes.any ? (this.#classes.kindOf(method, path) ?? ordinary) : ordinary
  }

  /** False while every request is of the ordinary kind: then nobody need ask. */
  get knowsKinds(): boolean {
    return this.#classes.any
  }

  /** There is something that time alone changes: `review` is to be called also while no loop reports anything. */
  get isUnderWay(): boolean {
    return this.#classes.any || this.#kept > 0
  }

  /** How many loops requests of blocking routes may not take, however long they wait. */
  get reserve(): number {
    return this.#reserve
  }

  /** As of PlacementParts. A worker that does what it is there for is silent for as long as that takes. */
  get poolHangsMs(): number {
    return this.#poolHangsMs
  }

  /** A loop has reported how long requests have held it. */
  note(endpoint: Endpoint, routes: readonly RouteCounts[]): void {
    this.#classes.note(endpoint.key, routes, this.#parts.clock.now())
  }

  forget(endpoint: Endpoint): void {
    this.#classes.forget(endpoint.key)
  }

  /** Looks at the split again. To be called every `reviewMs`. */
  review(): void {
    const { endpoints, clock, settings } = this.#parts
    const now = clock.now()
    this.#classes.review(now)
    const { longestHoldMs } = this.#classes
    const silenceMs = Math.max(lostMs, lostHolds * longestHoldMs)
    this.#poolHangsMs = longestHoldMs === 0 ? Number.POSITIVE_INFINITY : silenceMs
    // Who sticks to a loop has state in it; where each holds one request at a time nobody waits behind one that blocks.
    if (settings.policy === 'rendezvous' || settings.isolation.mode === 'off' || concurrencyCap(settings) === 1) return
    const demand = this.#classes.demand(now)
    const heardBy = now - silenceMs
    const able = endpoints.serving
      .filter((endpoint) => !endpoint.forBlocking && endpoint.link !== undefined && !(endpoint.blocked && endpoint.silentSince < heardBy))
      .sort(byLoop)
    const reserve = this.#split.reserve(able.length, demand)
    // Whoever waits may take one more.
    let changed = reserve < this.#reserve
    this.#reserve = reserve
    const wanted = this.#split.review(able.length, demand, now)
    const { pool } = endpoints.tiers
    // The pool carries those routes, and no loop need be kept for them.
    const count = pool.length > 0 && !allHang(pool, now - this.#poolHangsMs) ? 0 : wanted
    const kept = new Set(able.slice(able.length - count))
    this.#kept = count
    for (const endpoint of endpoints.all) changed = claim(endpoint, kept.has(endpoint)) || changed
    if (changed) endpoints.reopen()
  }
}

/** True where something has changed. */
function claim(endpoint: Endpoint, on: boolean): boolean {
  if (endpoint.claimed === on) return false
  endpoint.claimed = on
  endpoint.link?.claim(on)
  return true
}

// Every balancer has to come to the same order.
const byLoop = (a: Endpoint, b: Endpoint): number => compareLoops(a.loop, b.loop) || compareLoops(a.key, b.key)
