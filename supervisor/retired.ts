import type { MetricsJson } from '../core/messages.ts'

/** As prom-client writes a metric to JSON; only what is summed here. */
interface Metric {
  readonly name: string
  readonly type: string
  readonly values: readonly Series[]
}

interface Series {
  readonly value: number
  readonly labels?: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

/**
 * What the ended processes of each place had counted. A restart or reload must not make a counter go backwards:
 * Prometheus would read a reset, and the requests between would be lost.
 */
export class Retired {
  readonly #places = new Map<string, Metric[]>()

  add(place: string, metrics: MetricsJson): void {
    const counted = (metrics as readonly Metric[]).filter((metric) => isCounted(metric))
    this.#places.set(place, sum([...(this.#places.get(place) ?? []), ...counted]))
  }

  /** The place itself is gone, and its series end. */
  forget(place: string): void {
    this.#places.delete(place)
  }

  get all(): readonly MetricsJson[] {
    return [...this.#places.values()]
  }
}

/** Counters and histograms only grow; a gauge belongs to the process that it was read from. */
export const isCounted = (metric: { readonly type?: unknown }): boolean => metric.type === 'counter' || metric.type === 'histogram'

function sum(metrics: readonly Metric[]): Metric[] {
  const byName = new Map<string, { metric: Metric; series: Map<string, Series> }>()
  for (const metric of metrics) {
    const entry = byName.get(metric.name) ?? { metric, series: new Map<string, Series>() }
    byName.set(metric.name, entry)
    for (const one of metric.values) {
      const key = seriesKey(one)
      const before = entry.series.get(key)
      entry.series.set(key, before === undefined ? one : { ...one, value: before.value + one.value })
    }
  }
  return [...byName.values()].map(({ metric, series }) => ({ ...metric, values: [...series.values()] }))
}

const seriesKey = ({ metricName, labels = {} }: Series): string =>
  JSON.stringify([
    metricName,
    ...Object.entries(labels)
      .map(([name, value]) => [name, String(value)])
      .sort(),
  ])
