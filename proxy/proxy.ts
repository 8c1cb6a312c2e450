import type net from 'node:net'

import type { BalancerOptions } from '../config/roles.ts'
import type { BalancerReport } from '../core/messages.ts'
import type { Clock, Rng } from '../core/sources.ts'
import { Balancer } from './balancer.ts'
import type { Endpoint, EndpointIdentity } from './endpoint.ts'
import { EndpointSet } from './endpoint-set.ts'
import { HttpLane } from './http-lane/http-lane.ts'
import type { Lane } from './lane.ts'
import { Listener } from './listener.ts'
import { ProxyMetrics } from './metrics.ts'
import { createPolicy } from './policies/create-policy.ts'
import { createRequestIds } from './request-id.ts'
import { RetryBudget } from './retry-budget.ts'
import { TrustedAddresses } from '../core/trusted-addresses.ts'

// An idle connection is closed this long after a drain began: a request already on its way to us is still answered, and
// its response tells the client to leave.
const idleGraceMs = 1_000

interface ProxyParts {
  readonly options: BalancerOptions
  readonly clock: Clock
  readonly rng: Rng
  /** A draining endpoint holds no request of this balancer any more. */
  readonly onReleased: (endpoint: Endpoint) => void
}

/** One balancer, whole: clients' side, endpoints, and the lane between them. Who exists is told from outside. */
export class Proxy {
  readonly endpoints: EndpointSet
  readonly metrics: ProxyMetrics
  readonly #balancer: Balancer
  readonly #lane: Lane
  readonly #listener: Listener
  readonly #parts: ProxyParts
  readonly #sweeper: NodeJS.Timeout

  constructor(parts: ProxyParts) {
    const { options, clock, rng } = parts
    const { settings } = options
    this.#parts = parts
    this.metrics = new ProxyMetrics(options.id, {
      connections: () => this.#listener.connections,
      queued: () => this.#balancer.queued,
    })
    this.endpoints = new EndpointSet(settings.health, clock)
    this.#balancer = new Balancer({
      endpoints: this.endpoints,
      policy: createPolicy(settings.policy, clock, rng),
      clock,
      gauge: this.metrics,
      queueLimit: settings.limits.queue,
      queueTimeoutMs: settings.timeouts.queue,
      onReleased: (endpoint) => this.#released(endpoint),
    })
    this.#lane = new HttpLane({
      balancer: this.#balancer,
      budget: new RetryBudget({ ratio: settings.retry.budget, reserve: settings.retry.reserve }, clock),
      clock,
      gauge: this.metrics,
      timeouts: settings.timeouts,
      limits: settings.limits,
      retry: settings.retry,
      endsWith: (res) => this.#listener.endsWith(res),
      unreachable: (endpoint, error) => this.#unreachable(endpoint, error),
    })
    this.#listener = new Listener({
      lane: this.#lane,
      trusted: new TrustedAddresses(settings.trustedProxies),
      newRequestId: createRequestIds(),
      gauge: this.metrics,
      settings,
    })
    this.#sweeper = setInterval(() => this.#sweep(), sweepInterval(settings.timeouts))
  }

  listen(on: object): Promise<net.AddressInfo> {
    return this.#listener.listen(on)
  }

  /** Makes the endpoints be exactly these, and lets go of what is kept for those that get nothing new. */
  apply(identities: readonly EndpointIdentity[]): void {
    const { removed } = this.endpoints.apply(identities)
    for (const endpoint of removed) this.#remove(endpoint)
    for (const endpoint of this.endpoints.all) if (endpoint.state === 'draining' && endpoint.inFlight === 0) this.#released(endpoint)
  }

  report(): BalancerReport {
    const endpoints: Record<string, number> = {}
    for (const endpoint of this.endpoints.all) endpoints[endpoint.key] = endpoint.inFlight + endpoint.tunnels
    const { inFlight, queued } = this.#balancer
    return { connections: this.#listener.connections, inFlight, queued, requests: this.metrics.requests, endpoints }
  }

  /**
   * Takes nothing new and resolves when every client has had its answer and left, or after the limit: upgraded
   * connections and endless streams may outlast any drain.
   */
  drain(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        for (const timer of [idle, this.#sweeper]) clearInterval(timer)
        clearTimeout(limit)
        // Idle connections to loops would keep this process alive.
        for (const endpoint of this.endpoints.all) this.#lane.forget(endpoint)
        resolve()
      }
      const idle = setInterval(() => this.#listener.closeIdle(), idleGraceMs)
      const limit = setTimeout(end, limitMs)
      this.#listener.drain(end)
    })
  }

  #released(endpoint: Endpoint): void {
    this.#lane.forget(endpoint)
    if (endpoint.state === 'draining') this.#parts.onReleased(endpoint)
  }

  #remove(endpoint: Endpoint): void {
    // A supervised loop that vanished undrained has died: its successor goes on counting under the same name.
    const isRetired = endpoint.state === 'draining' || !this.#parts.options.supervised
    // Requests it still holds settle by themselves; what they do to its state concerns nobody any more.
    endpoint.state = 'dead'
    if (endpoint.inFlight === 0) this.#lane.forget(endpoint)
    if (isRetired && !this.endpoints.all.some((other) => other.loop === endpoint.loop)) this.metrics.forget(endpoint.loop)
  }

  /**
   * A unix socket that refuses belongs to a process that has gone, and each process has a path of its own: the endpoint
   * is dead before the supervisor has said so.
   */
  #unreachable(endpoint: Endpoint, error: NodeJS.ErrnoException): boolean {
    if (endpoint.address.kind !== 'unix') return false
    // A loop of ours never ends a connection: where one is cut the others are likely to be, and only a new one can tell.
    if (endpoint.node) this.#lane.forget(endpoint)
    if (error.syscall !== 'connect' || (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')) return false
    if (endpoint.state === 'ready') {
      endpoint.state = 'dead'
      this.endpoints.refresh()
    }
    return true
  }

  #sweep(): void {
    this.#balancer.expire()
    this.#lane.sweep()
  }
}

/** Often enough that no time-out is overrun by more than a quarter. */
function sweepInterval(timeouts: BalancerOptions['settings']['timeouts']): number {
  const shortest = Math.min(...Object.values(timeouts).filter((ms) => ms > 0))
  return Math.min(500, Math.max(25, shortest / 4))
}
