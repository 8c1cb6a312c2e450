import type { Labels, MetricFamily, Series } from '../../core/metrics/family.ts'

/** As prom-client gives a metric in `registry.getMetricsAsJSON()`; its own types leave out `metricName`. */
interface Metric {
  readonly name: string
  readonly type: unknown
  readonly values: readonly Sample[]
}

interface Sample {
  readonly labels: Readonly<Partial<Record<string, string | number>>>
  readonly value: number
  readonly metricName?: string
}

/** What a prom-client registry holds, a histogram as one series. */
export function registryFamilies(metrics: readonly unknown[]): MetricFamily[] {
  return (metrics as readonly Metric[]).map(({ name, type, values }) => ({
    name,
    series: type === 'histogram' ? histograms(name, values) : values.map(({ labels, value }) => ({ labels: labels as Labels, value })),
  }))
}

// prom-client gives the samples of each label set one after another: its buckets, its sum, its count.
function histograms(name: string, samples: readonly Sample[]): Series[] {
  const series: Series[] = []
  let counts: number[] = []
  for (const { metricName, labels, value } of samples) {
    if (metricName === `${name}_bucket`) counts.push(value)
    if (metricName !== `${name}_sum`) continue
    series.push({ labels: labels as Labels, value: [...counts, value] })
    counts = []
  }
  return series
}
