import type { Settings } from '../../config/schema.ts'
import type { Clock, Rng } from '../../core/sources.ts'
import type { RouteCounts } from '../../core/route-counts.ts'
import { Balancer, type BalancerGauge } from './balancer.ts'
import type { Endpoint } from './endpoint.ts'
import { EndpointSet } from './endpoint-set.ts'
import { Isolation, reviewMs } from './isolation/isolation.ts'
import { createAdaptive } from './load/create-adaptive.ts'
import { createPolicy } from './policies/create-policy.ts'
import { SlowStart } from './slow-start.ts'

export type BrainSettings = Pick<
  Settings,
  'policy' | 'lane' | 'model' | 'concurrency' | 'slowStart' | 'isolation' | 'routes' | 'limits' | 'timeouts' | 'health'
>

interface BrainParts {
  readonly settings: BrainSettings
  readonly clock: Clock
  readonly rng: Rng
  readonly gauge: BalancerGauge
  /** This balancer's place among all of its kind, 0 to 1. */
  readonly place: number
  readonly onReleased: (endpoint: Endpoint) => void
  /** Calls back so many milliseconds later. */
  readonly later: (ms: number, action: () => void) => void
}

/** What one balancer decides by, put together. Nothing in it reads or writes anything; the simulation runs the same. */
export class Brain {
  readonly endpoints: EndpointSet
  readonly balancer: Balancer
  readonly isolation: Isolation
  readonly #later: BrainParts['later']
  readonly #review = (): void => this.#reviewed()
  #reviewing = false
  #stopped = false

  constructor({ settings, clock, rng, gauge, place, onReleased, later }: BrainParts) {
    const { policy, lane, slowStart, health, limits, timeouts } = settings
    this.#later = later
    this.endpoints = new EndpointSet({ ...health, adaptive: createAdaptive(settings) }, clock, lane !== 'http')
    this.isolation = new Isolation({ endpoints: this.endpoints, settings, clock })
    const fresh = new SlowStart(slowStart, clock, rng)
    // Before the balancer hears of a change, and chooses.
    this.endpoints.onChange(() => fresh.follow(this.endpoints.tiers.open))
    this.balancer = new Balancer({
      endpoints: this.endpoints,
      policy: createPolicy(policy, clock, rng),
      policyName: policy,
      slowStart: fresh,
      reserve: () => this.isolation.reserve,
      poolHangsMs: () => this.isolation.poolHangsMs,
      place,
      clock,
      gauge,
      queueLimit: limits.queue,
      queueTimeoutMs: timeouts.queue,
      queueDelayMs: limits.queueDelay,
      onReleased,
      later,
    })
  }

  /** A loop has reported how long requests have held it. */
  noteRoutes(endpoint: Endpoint, routes: readonly RouteCounts[]): void {
    this.isolation.note(endpoint, routes)
    if (this.#reviewing) return
    this.#reviewing = true
    this.#later(reviewMs, this.#review)
  }

  stop(): void {
    this.#stopped = true
  }

  #reviewed(): void {
    this.#reviewing = false
    if (this.#stopped) return
    this.isolation.review()
    // Where no route blocks and no loop is kept for any, the next report is soon enough.
    if (!this.isolation.isUnderWay) return
    this.#reviewing = true
    this.#later(reviewMs, this.#review)
  }
}
