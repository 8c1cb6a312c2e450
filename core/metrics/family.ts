import type { MetricEntry } from './entry.ts'
import { allMetrics } from './catalog.ts'

export type Labels = Readonly<Record<string, string>>

export interface Series {
  readonly labels: Labels
  /** A histogram's counts up to and including each bucket, `+Inf` last, and then the sum of what was observed. */
  readonly value: number | readonly number[]
}

/**
 * All series of one metric, as processes send them to each other: what is in the catalogue is not repeated, and a
 * histogram is one series and not one for each of its buckets, for a supervisor of 64 loops reads a lot of them.
 */
export interface MetricFamily {
  readonly name: string
  readonly series: readonly Series[]
}

const entries: ReadonlyMap<string, MetricEntry> = new Map(allMetrics.map((entry) => [entry.name, entry]))

/** What the catalogue says of a metric; undefined for a name that is not in it. */
export const entryOf = (name: string): MetricEntry | undefined => entries.get(name)

/** Counters and histograms only grow, and outlive their process; a gauge belongs to the process that it was read from. */
export const isCounted = ({ name }: MetricFamily): boolean => {
  const type = entryOf(name)?.type
  return type === 'counter' || type === 'histogram'
}

/**
 * Adds up series of the same name and labels, in the catalogue's order. What it does not know is left out: after an
 * upgrade in place a loop may be newer than its supervisor. So is what no metric can be, such as the null that JSON
 * makes of NaN.
 */
export function mergeFamilies(parts: Iterable<readonly MetricFamily[]>, keep: (labels: Labels) => boolean = () => true): MetricFamily[] {
  const merged = new Map<string, Map<string, Series>>()
  for (const part of parts) {
    for (const { name, series } of part) {
      const entry = entryOf(name)
      if (entry === undefined) continue
      let known = merged.get(name)
      if (known === undefined) merged.set(name, (known = new Map()))
      for (const one of series) if (isSound(one, entry) && keep(one.labels)) add(known, one, entry)
    }
  }
  return allMetrics.flatMap(({ name }) => {
    const series = merged.get(name)
    return series === undefined || series.size === 0 ? [] : [{ name, series: [...series.values()] }]
  })
}

function add(known: Map<string, Series>, { labels, value }: Series, entry: MetricEntry): void {
  let key = ''
  for (const label of entry.labels) key += `${labels[label] ?? ''}\0`
  const own = typeof value === 'number' ? micro(value) : value.map((each) => micro(each))
  const before = known.get(key)
  known.set(key, { labels, value: before === undefined ? own : sum(before.value, own) })
}

/** Of the same kind, which all sound values of one metric are. */
function sum(a: Series['value'], b: Series['value']): Series['value'] {
  if (typeof a === 'number') return micro(a + (b as number))
  return a.map((each, i) => micro(each + (b as readonly number[])[i]!))
}

/**
 * To the millionth. Fractions added in another order, as when a process ends and its counts are added elsewhere, may
 * come out less by their last bit; Prometheus takes any less for a reset, and counts everything again.
 */
const micro = (value: number): number => (Number.isInteger(value) ? value : Math.round(value * 1e6) / 1e6)

function isSound({ value }: Series, { buckets }: MetricEntry): boolean {
  if (buckets === undefined) return Number.isFinite(value)
  return Array.isArray(value) && value.length === buckets.length + 2 && value.every(Number.isFinite)
}
