import { Registry } from 'prom-client'

import { FastCounter, FastFamily, FastHistogram } from '../core/fast-metrics.ts'
import type { MetricsJson } from '../core/messages.ts'
import type { ReplyCode } from '../core/replies.ts'
import type { BalancerGauge } from './balancer.ts'
import type { Endpoint } from './endpoint.ts'
import type { LinkLaneGauge } from './link-lane/lane-parts.ts'
import type { ListenerGauge } from './listener.ts'
import type { Failure } from './retry-policy.ts'
import type { LaneName } from './ticket.ts'

const secondsBounds = new Float64Array([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])

/** What is read, not counted: the state of things when the metrics are asked for. */
export interface LiveCounts {
  readonly connections: () => number
  readonly queued: () => number
}

/** The children of one endpoint, kept so that counting a request is an addition. */
interface EndpointMetrics {
  /** By the first digit of the status code; made when first needed. */
  readonly byClass: Readonly<Record<LaneName, Array<FastCounter | undefined>>>
  readonly duration: FastHistogram
}

/** Everything one balancer counts. */
export class ProxyMetrics implements BalancerGauge, LinkLaneGauge, ListenerGauge {
  readonly #registry = new Registry()
  readonly #endpoints = new WeakMap<Endpoint, EndpointMetrics>()
  readonly #requests: FastFamily<FastCounter>
  readonly #duration: FastFamily<FastHistogram>
  readonly #queueSeconds: FastHistogram
  readonly #shed: FastFamily<FastCounter>
  readonly #retries: FastCounter
  readonly #rescued: FastCounter
  readonly #errors: FastFamily<FastCounter>
  readonly #dropped: FastCounter
  #arrived = 0

  constructor(id: string, live: LiveCounts) {
    const registry = this.#registry
    registry.setDefaultLabels({ balancer: id })
    const counters = (name: string, help: string) =>
      new FastFamily(registry, { name: `evenloop_proxy_${name}`, help, type: 'counter' }, () => new FastCounter())
    const histograms = (name: string, help: string) =>
      new FastFamily(registry, { name: `evenloop_proxy_${name}`, help, type: 'histogram' }, () => new FastHistogram(secondsBounds))
    this.#requests = counters('requests_total', 'Responses of loops, by class of status code and lane.')
    this.#duration = histograms('request_duration_seconds', 'Time from the choice of a loop to the head of its response.')
    this.#queueSeconds = histograms('queue_seconds', 'Time that requests waited for a loop that could take them.').child({})
    this.#shed = counters('shed_total', 'Requests refused because no loop could take them in time.')
    this.#retries = counters('retries_total', 'Requests given to a loop again after a failed attempt.').child({})
    this.#rescued = counters('rescued_total', 'Retries of requests that the failed loop had not begun.').child({})
    this.#errors = counters('errors_total', 'Answers of the balancer itself, and responses cut off, by code.')
    this.#dropped = counters('dropped_connections_total', 'Connections closed because the limit was reached.').child({})
    this.#gauge('connections', 'Open client connections.', live.connections)
    this.#gauge('queue_depth', 'Requests waiting for a loop.', live.queued)
  }

  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE

  /** Requests since the process began. */
  get requests(): number {
    return this.#arrived
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  async json(): Promise<MetricsJson> {
    return this.#registry.getMetricsAsJSON()
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

  shed(reason: 'queue_full' | 'queue_timeout' | 'no_loop'): void {
    this.#shed.child({ reason }).value++
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
  }

  #gauge(name: string, help: string, read: () => number): void {
    const family = { name: `evenloop_proxy_${name}`, help, type: 'gauge' as const }
    const get = async () => ({ ...family, aggregator: 'sum', values: [{ labels: {}, value: read() }] })
    this.#registry.registerMetric({ name: family.name, get } as never)
  }
}
