import type { Settings } from '../config/schema.ts'
import type { Rng } from '../core/sources.ts'
import { Brain } from '../proxy/balancing/brain.ts'
import type { Endpoint, EndpointIdentity } from '../proxy/balancing/endpoint.ts'
import type { UpstreamLink } from '../proxy/link-lane/upstream-link.ts'
import { ModelLink } from './model-link.ts'
import type { ModelLoop } from './model-loop.ts'
import type { VirtualTime } from './virtual-time.ts'

const sweepMs = 100

/** A balancer: the product's own, with a model of the links between it and its loops. */
export class ModelBalancer extends Brain {
  /** Whether it notices silent loops. */
  readonly listens: boolean
  readonly #links = new Map<Endpoint, ModelLink>()
  readonly #time: VirtualTime

  constructor(settings: Settings, time: VirtualTime, rng: Rng, listens: boolean, place = 0) {
    const gauge = { queued: nothing, answered: nothing, shed: nothing, placedBlocking: nothing }
    super({ settings, clock: time, rng, gauge, place, onReleased: nothing, later: time.later })
    this.listens = listens
    this.#time = time
    time.later(rng() * sweepMs, () => time.every(sweepMs, () => this.balancer.expire()))
  }

  linkOf(endpoint: Endpoint): ModelLink {
    return this.#links.get(endpoint)!
  }

  /** Who exists, as the supervisor tells it. */
  apply(loops: readonly ModelLoop[], leaving: ReadonlySet<ModelLoop>): void {
    const { added, removed } = this.endpoints.apply(loops.map((loop) => identityOf(loop, leaving.has(loop))))
    const byKey = new Map(loops.map((loop) => [loop.key, loop]))
    for (const endpoint of added) {
      const link = new ModelLink(this, endpoint, byKey.get(endpoint.key)!, this.#time)
      this.#links.set(endpoint, link)
      // Of a link the brain asks nothing but `claim`.
      endpoint.link = link as unknown as UpstreamLink
    }
    for (const endpoint of removed) {
      this.#links.delete(endpoint)
      this.isolation.forget(endpoint)
    }
    this.endpoints.refresh()
  }
}

const nothing = (): void => undefined

const identityOf = ({ key, id, forBlocking }: ModelLoop, leaves: boolean): EndpointIdentity => ({
  key,
  loop: id,
  address: { lane: 'link', kind: 'unix', path: key },
  node: true,
  cap: forBlocking ? 1 : 0,
  forBlocking,
  state: leaves ? 'draining' : 'ready',
})
