import { counterFamily, type FastCounter, type FastFamily, type FastHistogram, histogramFamily } from '../core/metrics/fast-metrics.ts'
import { metricCatalog } from '../core/metrics/catalog.ts'
import type { MetricEntry } from '../core/metrics/entry.ts'
import type { MetricFamily } from '../core/metrics/family.ts'
import { replies, type ReplyCode } from '../core/replies.ts'
import type { BalancerGauge, ShedReason } from './balancing/balancer.ts'
import type { Endpoint } from './balancing/endpoint.ts'
import type { LinkLaneGauge } from './link-lane/lane-parts.ts'
import type { ListenerGauge } from './listener.ts'
import type { Failure } from './retry-policy.ts'
import type { LaneName } from './balancing/ticket.ts'

/** What is read, not counted: the state of things when the metrics are asked for. */
export interface LiveCounts {
  readonly connections: () => number
  readonly queued: () => number
  readonly endpoints: () => Iterable<Pick<Endpoint, 'loop' | 'inFlight' | 'tunnels' | 'limit'>>
  /** Of this process, user and system. */
  readonly cpuSeconds: () => number
  readonly rssBytes: () => number
}

const shedReasons: readonly ShedReason[] = ['queue_full', 'queue_timeout', 'queue_delay', 'displaced', 'no_loop']

/** The children of one endpoint, kept so that counting a request is an addition. */
interface EndpointMetrics {
  /** By the first digit of the status code; made when first needed. */
  readonly byClass: Readonly<Record<LaneName, Array<FastCounter | undefined>>>
  readonly duration: FastHistogram
}

/** Everything one balancer counts. */
export class ProxyMetrics implements BalancerGauge, LinkLaneGauge, ListenerGauge {
  readonly #id: string
  readonly #live: LiveCounts
  readonly #endpoints = new WeakMap<Endpoint, EndpointMetrics>()
  readonly #families: readonly FastFamily<FastCounter | FastHistogram>[]
  readonly #requests: FastFamily<FastCounter>
  readonly #duration: FastFamily<FastHistogram>
  readonly #queueSeconds: FastHistogram
  readonly #shed: FastFamily<FastCounter>
  readonly #retries: FastCounter
  readonly #rescued: FastCounter
  readonly #errors: FastFamily<FastCounter>
  readonly #dropped: FastCounter
  readonly #silences: FastFamily<FastCounter>
  readonly #confined: FastCounter
  readonly #open: FastCounter
  #arrived = 0

  constructor(id: string, live: LiveCounts) {
    this.#id = id
    this.#live = live
    const balancer = { balancer: id }
    const catalog = metricCatalog
    const families = {
      requests: counterFamily(catalog.proxyRequests, balancer),
      duration: histogramFamily(catalog.proxyRequestDuration, balancer),
      queueSeconds: histogramFamily(catalog.proxyQueueSeconds, balancer),
      shed: counterFamily(catalog.proxyShed, balancer),
      retries: counterFamily(catalog.proxyRetries, balancer),
      rescued: counterFamily(catalog.proxyRescued, balancer),
      errors: counterFamily(catalog.proxyErrors, balancer),
      dropped: counterFamily(catalog.proxyDropped, balancer),
      silences: counterFamily(catalog.proxySilences, balancer),
      blocking: counterFamily(catalog.proxyBlockingRequests, balancer),
    }
    this.#families = Object.values(families)
    this.#requests = families.requests
    this.#duration = families.duration
    this.#shed = families.shed
    this.#errors = families.errors
    // These are there from the start: a rate over a counter that appears with its first event misses that event.
    this.#queueSeconds = families.queueSeconds.child({})
    this.#retries = families.retries.child({})
    this.#rescued = families.rescued.child({})
    this.#dropped = families.dropped.child({})
    this.#silences = families.silences
    this.#confined = families.blocking.child({ placed: 'isolated' })
    this.#open = families.blocking.child({ placed: 'open' })
    for (const reason of shedReasons) families.shed.child({ reason })
    for (const code of Object.keys(replies)) families.errors.child({ code })
  }

  /** Sums over all labels since the process began, for the supervisor's reports. */
  get totals(): { requests: number; shed: number; retries: number; rescued: number; errors: number } {
    return {
      requests: this.#arrived,
      shed: sum(this.#shed),
      retries: this.#retries.value,
      rescued: this.#rescued.value,
      errors: sum(this.#errors),
    }
  }

  /** Everything as it is now. */
  read(): MetricFamily[] {
    return [...this.#families.map((family) => family.read()), ...readLive(this.#id, this.#live)]
  }

  arrived(): void {
    this.#arrived++
  }

  answered(endpoint: Endpoint, statusCode: number, elapsedMs: number, lane: LaneName): void {
    let metrics = this.#endpoints.get(endpoint)
    if (metrics === undefined) {
      metrics = { byClass: { http: [], link: [] }, duration: this.#duration.child({ loop: endpoint.loop }) }
      this.#endpoints.set(endpoint, metrics)
    }
    const digit = (statusCode / 100) | 0
    const counter = (metrics.byClass[lane][digit] ??= this.#requests.child({ loop: endpoint.loop, code: `${digit}xx`, lane }))
    counter.value++
    metrics.duration.observe(elapsedMs / 1000)
  }

  queued(waitedMs: number): void {
    this.#queueSeconds.observe(waitedMs / 1000)
  }

  shed(reason: ShedReason): void {
    this.#shed.child({ reason }).value++
  }

  placedBlocking(confined: boolean): void {
    ;(confined ? this.#confined : this.#open).value++
  }

  silent({ loop }: Endpoint): void {
    this.#silences.child({ loop }).value++
  }

  retried(reached: Failure['reached']): void {
    this.#retries.value++
    if (reached === 'no') this.#rescued.value++
  }

  failed(code: ReplyCode): void {
    this.#errors.child({ code }).value++
  }

  dropped(): void {
    this.#dropped.value++
  }

  /** Ends the series of a loop that was taken away for good. */
  forget(loop: string): void {
    this.#requests.remove('loop', loop)
    this.#duration.remove('loop', loop)
    this.#silences.remove('loop', loop)
  }
}

function sum(family: FastFamily<FastCounter>): number {
  let total = 0
  for (const child of family.children()) total += child.value
  return total
}

function readLive(id: string, live: LiveCounts): MetricFamily[] {
  const one = ({ name }: MetricEntry, value: number): MetricFamily => ({ name, series: [{ labels: { balancer: id }, value }] })
  // Several endpoints may be one loop: the process that drains and its successor, or the addresses behind one name.
  const byLoop = new Map<string, { inFlight: number; tunnels: number; limit: number }>()
  for (const { loop, inFlight, tunnels, limit } of live.endpoints()) {
    const before = byLoop.get(loop) ?? { inFlight: 0, tunnels: 0, limit: 0 }
    byLoop.set(loop, { inFlight: before.inFlight + inFlight, tunnels: before.tunnels + tunnels, limit: before.limit + limit })
  }
  const perLoop = ({ name }: MetricEntry, of: 'inFlight' | 'tunnels' | 'limit'): MetricFamily => ({
    name,
    series: [...byLoop].map(([loop, counts]) => ({ labels: { balancer: id, loop }, value: counts[of] })),
  })
  return [
    one(metricCatalog.proxyConnections, live.connections()),
    one(metricCatalog.proxyQueueDepth, live.queued()),
    one(metricCatalog.proxyCpu, live.cpuSeconds()),
    one(metricCatalog.proxyResidentMemory, live.rssBytes()),
    perLoop(metricCatalog.proxyInFlight, 'inFlight'),
    perLoop(metricCatalog.proxyUpgraded, 'tunnels'),
    perLoop(metricCatalog.proxyConcurrencyLimit, 'limit'),
  ]
}
