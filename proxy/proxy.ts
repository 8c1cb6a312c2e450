import type net from 'node:net'

import type { BalancerOptions } from '../config/roles.ts'
import type { Decision, DecisionQuery } from '../core/decision.ts'
import type { BalancerReport } from '../core/messages.ts'
import type { Logger } from '../core/log.ts'
import type { Clock, Rng } from '../core/sources.ts'
import { readSecurity } from '../link/security.ts'
import type { AccessLog } from './access-log/access-log.ts'
import { Acceptor } from './acceptor.ts'
import type { Balancer } from './balancing/balancer.ts'
import { Brain } from './balancing/brain.ts'
import type { Endpoint, EndpointIdentity } from './balancing/endpoint.ts'
import type { EndpointSet } from './balancing/endpoint-set.ts'
import { HttpLane } from './http-lane/http-lane.ts'
import { chooseLane } from './lane-choice.ts'
import type { Lane } from './lane.ts'
import { LinkLane } from './link-lane/link-lane.ts'
import { Links } from './link-lane/links.ts'
import { SilenceWatch } from './link-lane/silence-watch.ts'
import { Listener } from './listener.ts'
import { httpOpener, type OpenHttp } from './open-connection.ts'
import { ProxyMetrics } from './metrics.ts'
import { createClientLimit } from './rate-limit/client-limit.ts'
import { createRequestIds } from './request-id.ts'
import { RetryBudget } from './balancing/retry-budget.ts'
import { TrustedAddresses } from '../core/trusted-addresses.ts'

// An idle connection is closed this long after a drain began: a request already on its way to us is still answered, and
// its response tells the client to leave.
const idleGraceMs = 1_000

interface ProxyParts {
  readonly options: BalancerOptions
  readonly clock: Clock
  readonly rng: Rng
  readonly log: Logger
  /** Undefined where requests are not logged. */
  readonly accessLog?: AccessLog | undefined
  /** A draining endpoint holds no request of this balancer any more. */
  readonly onReleased: (endpoint: Endpoint) => void
  /** A loop holds requests and has fallen silent, or is heard again: its `blocked` has changed. */
  readonly onSilence: (endpoint: Endpoint) => void
}

/** One balancer, whole: clients' side, endpoints, and the two lanes between them. Who exists is told from outside. */
export class Proxy {
  readonly endpoints: EndpointSet
  readonly metrics: ProxyMetrics
  readonly openHttp: OpenHttp
  readonly #brain: Brain
  readonly #balancer: Balancer
  readonly #httpLane: Lane
  readonly #listener: Listener
  readonly #acceptor: Acceptor
  readonly #linkLane: LinkLane
  readonly #links: Links
  readonly #silence: SilenceWatch
  readonly #parts: ProxyParts
  readonly #sweeper: NodeJS.Timeout
  #draining = false

  constructor(parts: ProxyParts) {
    const { options, clock, rng, log, accessLog } = parts
    const { settings } = options
    this.#parts = parts
    this.metrics = new ProxyMetrics(options.id, {
      connections: () => this.#acceptor.connections,
      queued: () => this.#balancer.queued,
      endpoints: () => this.endpoints.all,
      cpuSeconds: () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1e6
      },
      rssBytes: () => process.memoryUsage.rss(),
    })
    const security = readSecurity(settings.link)
    const budget = new RetryBudget({ ratio: settings.retry.budget, reserve: settings.retry.reserve }, clock)
    const trusted = new TrustedAddresses(settings.trustedProxies)
    const newRequestId = createRequestIds()
    const clientLimit = createClientLimit(settings.rateLimit, options.balancers, trusted, clock)
    this.openHttp = httpOpener(options.id, security)
    this.#brain = new Brain({
      settings,
      clock,
      rng,
      gauge: this.metrics,
      // Those that run alone do not know of each other.
      place: options.supervised ? (Number(options.id) % options.balancers) / options.balancers : rng(),
      onReleased: (endpoint) => this.#released(endpoint),
      later: (ms, action) => void setTimeout(action, ms).unref(),
    })
    this.endpoints = this.#brain.endpoints
    this.#balancer = this.#brain.balancer
    const { isolation } = this.#brain
    const { timeouts, limits, retry } = settings
    const shared = { isolation, balancer: this.#balancer, budget, clock, gauge: this.metrics, timeouts, limits, retry, accessLog }
    this.#httpLane = new HttpLane({
      ...shared,
      openHttp: this.openHttp,
      endsWith: (res) => this.#listener.endsWith(res),
      unreachable: (endpoint, error) => this.#unreachable(endpoint, error),
    })
    this.#listener = new Listener({ lane: this.#httpLane, trusted, newRequestId, gauge: this.metrics, accessLog, clientLimit, settings })
    this.#linkLane = new LinkLane({
      parts: { ...shared, draining: () => this.#draining },
      trusted,
      newRequestId,
      settings,
      clientLimit,
      prefersHttp: () => this.#laneNow() === 'http',
      onHandOver: (socket, bytes) => this.#listener.take(socket, bytes),
    })
    this.#silence = new SilenceWatch(this.endpoints, clock, (endpoint) => {
      if (endpoint.blocked) this.metrics.silent(endpoint)
      parts.onSilence(endpoint)
    })
    this.#links = new Links({
      endpoints: this.endpoints,
      id: options.id,
      security,
      keepAliveMs: settings.timeouts.keepAlive,
      connectMs: settings.timeouts.connect,
      supervised: options.supervised,
      clock,
      log,
      onRead: () => this.#linkLane.flush(),
      onBusy: () => this.#silence.begin(),
      onHeard: (endpoint) => {
        if (endpoint.blocked) this.#silence.look()
      },
      onBeat: (endpoint, lateMs) => this.#balancer.heard(endpoint, lateMs),
      onRoutes: (endpoint, routes) => this.#brain.noteRoutes(endpoint, routes),
      onUnreachable: (endpoint, error) => void this.#unreachable(endpoint, error),
    })
    this.#acceptor = new Acceptor({
      maxConnections: settings.limits.connections,
      readsItself: () => settings.lane !== 'http',
      onRead: (socket) => this.#linkLane.serve(socket),
      onHttp: (socket) => this.#listener.take(socket),
      onDrop: () => this.metrics.dropped(),
    })
    this.#sweeper = setInterval(() => this.#sweep(), sweepInterval(settings.timeouts))
  }

  listen(on: object): Promise<net.AddressInfo> {
    return this.#acceptor.listen(on)
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
    return { connections: this.#acceptor.connections, inFlight, queued, ...this.metrics.totals, endpoints }
  }

  /** Where this request would go now, and why. */
  explain({ method, path, key }: DecisionQuery): Decision {
    const kind = this.#brain.isolation.kindOf(method, path)
    // Other policies know no key.
    const sticky = this.#parts.options.settings.policy === 'rendezvous' ? key : undefined
    return this.#balancer.explain(kind, kind.priority, sticky)
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
        for (const endpoint of this.endpoints.all) this.#forget(endpoint)
        this.#silence.stop()
        this.#brain.stop()
        if (this.#parts.accessLog !== undefined) this.#stop()
        resolve()
      }
      const idle = setInterval(() => this.#closeIdle(), idleGraceMs)
      const limit = setTimeout(end, limitMs)
      this.#draining = true
      this.#listener.drain()
      this.#acceptor.close(end)
    })
  }

  /** Which lane a connection is served by whose next request begins now. */
  #laneNow(): 'link' | 'http' {
    const { serving, unlinked } = this.endpoints
    return chooseLane({ setting: this.#parts.options.settings.lane, linked: serving.length - unlinked, unlinked })
  }

  /** What outlasted the drain is told of before the process ends. */
  #stop(): void {
    this.#httpLane.stop()
    this.#linkLane.stop()
  }

  #closeIdle(): void {
    this.#listener.closeIdle()
    this.#linkLane.closeIdle()
  }

  #forget(endpoint: Endpoint): void {
    this.#httpLane.forget(endpoint)
    this.#links.forget(endpoint)
  }

  #released(endpoint: Endpoint): void {
    this.#forget(endpoint)
    if (endpoint.state === 'draining') this.#parts.onReleased(endpoint)
  }

  #remove(endpoint: Endpoint): void {
    // A supervised loop that vanished undrained has died: its successor goes on counting under the same name.
    const isRetired = endpoint.state === 'draining' || !this.#parts.options.supervised
    // Requests it still holds settle by themselves; what they do to its state concerns nobody any more.
    endpoint.state = 'dead'
    this.#brain.isolation.forget(endpoint)
    if (endpoint.inFlight === 0) this.#forget(endpoint)
    if (isRetired && !this.endpoints.all.some((other) => other.loop === endpoint.loop)) this.metrics.forget(endpoint.loop)
  }

  /**
   * A unix socket that refuses belongs to a process that has gone. Under a supervisor each process has a path of its own: the
   * endpoint is dead before the supervisor has said so. Elsewhere the next process comes up at the same path.
   */
  #unreachable(endpoint: Endpoint, error: NodeJS.ErrnoException): boolean {
    if (endpoint.address.kind !== 'unix') return false
    // A loop of ours never ends a connection: where one is cut the others are likely to be, and only a new one can tell.
    if (endpoint.node) this.#httpLane.forget(endpoint)
    if (error.syscall !== 'connect' || (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')) return false
    if (endpoint.state === 'ready') {
      endpoint.state = this.#parts.options.supervised ? 'dead' : 'starting'
      this.endpoints.refresh()
    }
    return true
  }

  #sweep(): void {
    this.#balancer.expire()
    this.#httpLane.sweep()
    this.#linkLane.sweep()
  }
}

/** Often enough that no time-out is overrun by more than a quarter. */
function sweepInterval(timeouts: BalancerOptions['settings']['timeouts']): number {
  const shortest = Math.min(...Object.values(timeouts).filter((ms) => ms > 0))
  return Math.min(500, Math.max(25, shortest / 4))
}
