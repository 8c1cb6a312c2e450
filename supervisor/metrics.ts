import { AggregatorRegistry, Gauge, Counter, Registry } from 'prom-client'

import type { MetricsJson } from '../core/messages.ts'
import type { Cluster } from './cluster.ts'
import type { Collection } from './collection.ts'
import { isCounted } from './retired.ts'

// Longer than a scrape interval's patience for one stuck child, shorter than Prometheus' own time limit of 10 s.
const collectMs = 1_000

// What a loop that drains still holds is part of the slot's load; its other gauges would only blur its successor's.
const inFlight = 'evenloop_loop_in_flight_requests'

interface Metric {
  readonly name: string
  readonly type: string
  readonly values: readonly { readonly value: number | null }[]
}

/** The `content-type` of the answer. */
export const metricsType: string = Registry.PROMETHEUS_CONTENT_TYPE

/** The whole cluster for Prometheus: every loop, every balancer, what ended processes had counted, and its own. */
export async function renderMetrics(cluster: Cluster, version: string): Promise<string> {
  const slots = [...cluster.slots.values()]
  const loops = slots.flatMap((slot) => slot.living)
  const balancers = cluster.balancers.processes.filter((process) => process.state !== 'dead')
  await Promise.all([...loops, ...balancers].map((process: { readonly metrics: Collection }) => process.metrics.collect(collectMs)))

  const serving = new Set(slots.map((slot) => slot.current))
  // Who ended while this waited is in `retired` by now; counting both would count twice.
  const living = loops.filter((process) => process.state !== 'dead')
  const parts: MetricsJson[] = [
    ...living.map((process) => (serving.has(process) ? process.metrics.last : withoutGauges(process.metrics.last))),
    ...balancers.filter((process) => process.state !== 'dead').map((process) => process.metrics.last),
    ...cluster.retired.all,
    (await own(cluster, version).getMetricsAsJSON()) as MetricsJson,
  ]
  return AggregatorRegistry.aggregate(parts.map((part) => sound(part)) as object[]).metrics()
}

function own(cluster: Cluster, version: string): Registry {
  const registers = [new Registry()]
  const labelNames = ['loop']
  const up = new Gauge({ name: 'evenloop_loop_up', help: 'Whether the loop may be given requests.', labelNames, registers })
  const restarts = new Counter({
    name: 'evenloop_loop_restarts_total',
    help: 'Unplanned ends of the loop, and replacements for its memory.',
    labelNames,
    registers,
  })
  const isolated = new Gauge({
    name: 'evenloop_loop_isolated',
    help: 'Whether the loop is kept for routes that block.',
    labelNames,
    registers,
  })
  const blocked = new Gauge({
    name: 'evenloop_loop_blocked',
    help: 'Whether the loop holds requests and has fallen silent: a handler keeps its event loop busy.',
    labelNames,
    registers,
  })
  const build = new Gauge({
    name: 'evenloop_build_info',
    help: 'The running version; always 1.',
    labelNames: ['version', 'node'],
    registers,
  })
  for (const slot of cluster.slots.values()) {
    up.set({ loop: slot.id }, slot.current?.state === 'ready' ? 1 : 0)
    restarts.inc({ loop: slot.id }, slot.restarts)
    isolated.set({ loop: slot.id }, 0)
    blocked.set({ loop: slot.id }, slot.current !== undefined && cluster.endpoints.isBlocked(slot.current.identity.key) ? 1 : 0)
  }
  build.set({ version, node: process.version }, 1)
  return registers[0]!
}

function withoutGauges(metrics: MetricsJson): MetricsJson {
  return (metrics as readonly Metric[]).filter((metric) => isCounted(metric) || metric.name === inFlight)
}

// JSON turns NaN and Infinity into null, and null would be written as a sample that Prometheus rejects.
function sound(metrics: MetricsJson): MetricsJson {
  return (metrics as readonly Metric[]).map((metric) => ({
    ...metric,
    values: metric.values.filter((one) => typeof one.value === 'number'),
  }))
}
