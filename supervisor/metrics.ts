import { metricCatalog } from '../core/metrics/catalog.ts'
import type { MetricEntry } from '../core/metrics/entry.ts'
import { isCounted, mergeFamilies, type Labels, type MetricFamily } from '../core/metrics/family.ts'
import type { Cluster } from './cluster.ts'
import type { LoopProcess } from './loop-process.ts'

/** The whole cluster for Prometheus: every loop, every balancer, what ended processes had counted, and its own. */
export async function collectMetrics(cluster: Cluster, version: string): Promise<MetricFamily[]> {
  const slots = [...cluster.slots.values()]
  // Who starts has counted nothing yet, and may be busy with the app's own start.
  const loops = slots.flatMap((slot) => slot.living).filter((process) => process.state !== 'starting')
  const balancers = cluster.balancers.processes.filter((process) => process.state !== 'dead')
  await Promise.all([...loops, ...balancers].map(({ metrics }) => metrics.collect()))

  const serving = new Set(slots.map((slot) => slot.current))
  return mergeFamilies(
    [
      // Who ended while this waited is in `retired` by now; counting both would count twice.
      ...loops
        .filter((process) => process.state !== 'dead')
        .map((process) => (serving.has(process) ? process.metrics.last : withoutGauges(process.metrics.last))),
      ...balancers.filter((process) => process.state !== 'dead').map(({ metrics }) => metrics.last),
      cluster.retired.families,
      own(cluster, version),
    ],
    // A balancer may go on showing a loop that was scaled away: one that was dead then never drained.
    ({ loop }) => loop === undefined || cluster.slots.has(loop),
  )
}

function own(cluster: Cluster, version: string): MetricFamily[] {
  const slots = [...cluster.slots.values()]
  const perLoop = (entry: MetricEntry, read: (slot: (typeof slots)[number]) => number): MetricFamily =>
    family(
      entry,
      slots.map((slot) => [{ loop: slot.id }, read(slot)]),
    )
  return [
    perLoop(metricCatalog.loopUp, ({ current }) => (current?.state === 'ready' ? 1 : 0)),
    perLoop(metricCatalog.loopRestarts, ({ restarts }) => restarts),
    perLoop(metricCatalog.loopHolds, ({ holds }) => holds),
    perLoop(metricCatalog.loopIsolated, ({ current }) => (current?.state === 'ready' && isKept(current) ? 1 : 0)),
    perLoop(metricCatalog.loopConcurrency, ({ shown }) => shown?.concurrency ?? 0),
    perLoop(metricCatalog.loopBlocked, ({ current }) => (current !== undefined && isBlocked(cluster, current) ? 1 : 0)),
    family(
      metricCatalog.proxyRestarts,
      cluster.balancers.restarts.map(({ id, count }) => [{ balancer: id }, count]),
    ),
    family(metricCatalog.buildInfo, [[{ version, node: process.version }, 1]]),
  ]
}

const family = ({ name }: MetricEntry, values: readonly (readonly [Labels, number])[]): MetricFamily => ({
  name,
  series: values.map(([labels, value]) => ({ labels, value })),
})

const isKept = ({ forBlocking, report }: LoopProcess): boolean => forBlocking || report?.isolated === true

const isBlocked = (cluster: Cluster, { identity }: LoopProcess): boolean => cluster.endpoints.isBlocked(identity.key)

/** What a loop that drains still holds is part of the slot's load; its other gauges would only blur its successor's. */
const withoutGauges = (metrics: readonly MetricFamily[]): MetricFamily[] =>
  metrics.filter((metric) => isCounted(metric) || metric.name === metricCatalog.loopInFlight.name)
