import type { Clock } from '../../core/sources.ts'
import type { Claimant } from './claimant.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointSet } from './endpoint-set.ts'
import type { Policy } from './policies/policy.ts'
import type { SlowStart } from './slow-start.ts'
import { allHang, hangsMs } from './tiers.ts'

/** What a choice was made by, in words. */
export const reasons = {
  policy: 'chosen by the policy among those that stand open',
  crowded: 'those that stand open hold many more: this one has not been heard of for a moment only',
  fallback: 'all that stand open are full: another one that is heard of has room',
  atOnce: 'so many wait that one more goes to a loop that has not been heard of since it was last given some',
  sticky: 'its client belongs there',
  isolated: 'it is kept for blocking routes and holds none',
  pool: 'it is a worker for blocking routes and holds none',
  impatient: 'all loops that are kept for blocking routes are held, and it has waited long enough for them',
  last: 'it failed there before, but no other can take it',
  waits: 'nobody can take it now',
} as const

export type Reason = keyof typeof reasons

export interface PlacementParts {
  readonly endpoints: EndpointSet
  readonly policy: Policy
  readonly slowStart: SlowStart
  readonly clock: Clock
  /** How many loops blocking requests may not take, whatever they wait: the others need them. */
  readonly reserve: () => number
  /** After so long a silence a worker of the pool does more than its one request takes: it hangs. Milliseconds; Infinity where that cannot be told. */
  readonly poolHangsMs: () => number
  /** This balancer's place among all, 0 to 1: where it begins to look for a loop that is kept for blocking routes. */
  readonly place: number
}

// Of the time that a blocking request holds a loop it waits so much for one that is kept for its kind, before it takes another: so it is
// answered within less than one and a half times what it takes alone.
const patience = 0.4
// A loop that is silent for so many times as long hangs, if that is not a short while all the same.
const hangsHolds = 2
// One that holds so many, and so many times as many as one that is silent for a moment, is the worse choice of the two.
const crowd = 32
const crowdTimes = 4

/** Finds the endpoint for a request. Changes nothing but the turns that its policy keeps. */
export class Placement {
  /** Why the last choice was made as it was. */
  reason: Reason = 'policy'
  readonly #parts: PlacementParts
  readonly #room: Endpoint[] = []

  constructor(parts: PlacementParts) {
    this.#parts = parts
  }

  /**
   * Whom a request of a blocking route is confined to: the pool, and where that is gone or hangs as a whole the loops that are kept. Undefined
   * where nobody is, and for all other requests.
   */
  confinedTo({ kind, stickyKey }: Claimant): readonly Endpoint[] | undefined {
    if (!kind.blocking || stickyKey !== undefined) return undefined
    const { clock, endpoints, poolHangsMs } = this.#parts
    const { pool, isolated } = endpoints.tiers
    if (pool.length > 0 && !allHang(pool, clock.now() - poolHangsMs())) return pool
    return isolated.length > 0 ? isolated : undefined
  }

  /** Undefined where the request has to wait. */
  choose(claimant: Claimant): Endpoint | undefined {
    const { endpoints, policy, slowStart } = this.#parts
    const { tiers } = endpoints
    if (claimant.stickyKey !== undefined) {
      this.reason = 'sticky'
      // Its state is there: not even a blocked loop is left for another.
      return this.#among(tiers.open, claimant, hasPlace) ?? this.#last(claimant, tiers.open)
    }
    const { preferred, audible, muted, limited } = tiers
    this.reason = 'policy'
    let open =
      limited || claimant.avoid !== undefined ? undefined : policy.pick(slowStart.active ? slowStart.thin(preferred) : preferred, undefined)
    if (open === undefined || open.given >= open.quota) open = this.#among(preferred, claimant, hasRoom)
    if (open !== undefined) return muted.length > 0 && open.inFlight >= crowd ? this.#lessCrowded(open, muted) : open
    this.reason = 'fallback'
    return (audible === preferred ? undefined : this.#among(audible, claimant, hasRoom)) ?? this.#last(claimant, tiers.open)
  }

  /** The same where it cannot wait any more: a loop is given more than it may be until it is heard of again. */
  chooseAtOnce(claimant: Claimant): Endpoint | undefined {
    this.reason = 'atOnce'
    return this.#among(this.#parts.endpoints.tiers.preferred, claimant, hasPlace)
  }

  /**
   * The endpoint for a request of a blocking route, where some are for those alone: one at a time for each of them, since a second
   * one would only wait inside.
   * @param confinedTo of this claimant
   */
  chooseConfined(claimant: Claimant, confinedTo: readonly Endpoint[], waitedMs: number): Endpoint | undefined {
    const kept = this.#fewest(confinedTo, claimant)
    this.reason = isPool(confinedTo) ? 'pool' : 'isolated'
    if (kept !== undefined) return kept
    this.reason = 'waits'
    if (isPool(confinedTo)) return this.#lastConfined(claimant, confinedTo)
    return waitedMs < patienceMs(claimant) ? undefined : this.#spill(claimant, confinedTo)
  }

  /** A loop that is not kept, for a request that has waited long enough for one that is. */
  #spill(claimant: Claimant, isolated: readonly Endpoint[]): Endpoint | undefined {
    const { endpoints, clock, reserve } = this.#parts
    const { audible } = endpoints.tiers
    // Those that stay free of blocking requests, with this one placed.
    let left = -1
    for (const endpoint of audible) if (!endpoint.isolated && isFree(endpoint)) left++
    // Nothing comes of waiting for loops that hang: until others are kept in their place, none is spared for the rest.
    const hangsSince = clock.now() - Math.max(hangsMs, hangsHolds * claimant.kind.holdMs)
    const open = left < reserve() && !allHang(isolated, hangsSince) ? undefined : this.#fewest(audible, claimant)
    if (open === undefined) return this.#lastConfined(claimant, isolated)
    this.reason = 'impatient'
    return open
  }

  /**
   * Of those that hold no blocking request the one that holds the fewest; of several such the first from this balancer's own place on, so that
   * balancers that know nothing of each other's requests seldom meet. Not by the policy: that keeps turns for the others.
   */
  #fewest(endpoints: readonly Endpoint[], { avoid }: Claimant): Endpoint | undefined {
    const count = endpoints.length
    const from = Math.floor(this.#parts.place * count)
    let best: Endpoint | undefined
    for (let step = 0; step < count; step++) {
      const endpoint = endpoints[from + step < count ? from + step : from + step - count]!
      if (!isFree(endpoint) || !endpoint.hasRoom || endpoint === avoid) continue
      if (best === undefined || endpoint.inFlight < best.inFlight) best = endpoint
    }
    return best
  }

  /**
   * In an overload whole turns of a loop take longer than three beats: most loops are silent at any moment, and the few that are not must not get
   * everything. One that hangs for longer than such a turn is left alone.
   */
  #lessCrowded(open: Endpoint, muted: readonly Endpoint[]): Endpoint {
    const since = this.#parts.clock.now() - hangsMs
    let best = open
    for (const endpoint of muted) {
      if (endpoint.silentSince < since || !endpoint.hasRoom || endpoint.inFlight >= best.inFlight) continue
      if (endpoint.inFlight * crowdTimes < open.inFlight) best = endpoint
    }
    if (best !== open) this.reason = 'crowded'
    return best
  }

  #among(endpoints: readonly Endpoint[], claimant: Claimant, mayTake: (endpoint: Endpoint) => boolean): Endpoint | undefined {
    const room = this.#room
    room.length = 0
    for (const endpoint of endpoints) if (endpoint !== claimant.avoid && mayTake(endpoint)) room.push(endpoint)
    if (room.length === 0) return undefined
    const { policy, slowStart } = this.#parts
    // Whoever sticks to a fresh loop must not find it one time and miss it the next.
    const { stickyKey } = claimant
    return policy.pick(slowStart.active && stickyKey === undefined ? slowStart.thin(room) : room, stickyKey)
  }

  /** Where only the avoided one is left, it is better than none: it may have closed one connection only. */
  #last({ avoid }: Claimant, among: readonly Endpoint[]): Endpoint | undefined {
    if (avoid === undefined || !avoid.hasRoom || !among.includes(avoid)) return undefined
    this.reason = 'last'
    return avoid
  }

  #lastConfined(claimant: Claimant, confinedTo: readonly Endpoint[]): Endpoint | undefined {
    const { avoid } = claimant
    return avoid !== undefined && isFree(avoid) ? this.#last(claimant, confinedTo) : undefined
  }
}

/** How long a request of a blocking route waits for a loop that is kept for them before it takes another, in milliseconds. */
export const patienceMs = ({ kind }: Claimant): number => patience * kind.holdMs

// The pool has no loops in it, and the loops that are kept no worker.
const isPool = (confinedTo: readonly Endpoint[]): boolean => confinedTo[0]?.forBlocking === true

const hasRoom = (endpoint: Endpoint): boolean => endpoint.hasRoom
const hasPlace = (endpoint: Endpoint): boolean => endpoint.hasPlace
const isFree = (endpoint: Endpoint): boolean => endpoint.blockingInFlight === 0 && !endpoint.blocked
