import type { MetricEntry } from './entry.ts'
import type { Labels, MetricFamily } from './family.ts'

/**
 * Metrics for the path of a request. prom-client joins and hashes the labels at every observation; here
 * the caller keeps the child it counts in, and labels are only looked at when the metrics are read.
 */

/** A child of a counter family: one number that only grows. */
export class FastCounter {
  value = 0
}

/** A child of a histogram family. */
export class FastHistogram {
  /** By bucket, each for itself. */
  readonly counts: Float64Array
  /** Of all observations. */
  sum = 0
  readonly #bounds: Float64Array

  /** @param bounds upper bounds, ascending; one array for all children keeps them small */
  constructor(bounds: Float64Array) {
    this.#bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  /** @param seconds the observation in the family's unit */
  observe(seconds: number): void {
    const bounds = this.#bounds
    let i = 0
    while (i < bounds.length && seconds > bounds[i]!) i++
    this.counts[i]!++
    this.sum += seconds
  }

  /** Cumulative, as Prometheus has them. */
  get value(): readonly number[] {
    let total = 0
    return [...Array.from(this.counts, (count) => (total += count)), this.sum]
  }
}

/** One metric of the catalogue and its children by labels. */
export class FastFamily<Child extends FastCounter | FastHistogram> {
  readonly #name: string
  readonly #constant: Labels
  readonly #children = new Map<string, { labels: Labels; child: Child }>()
  readonly #create: () => Child

  /** @param constant labels that every series has */
  constructor({ name }: MetricEntry, constant: Labels, create: () => Child) {
    this.#name = name
    this.#constant = constant
    this.#create = create
  }

  /** The child with these labels; the caller keeps it. */
  child(labels: Labels): Child {
    const key = Object.values(labels).join('\0')
    let entry = this.#children.get(key)
    if (entry === undefined) {
      entry = { labels: { ...this.#constant, ...labels }, child: this.#create() }
      this.#children.set(key, entry)
    }
    return entry.child
  }

  /** Every child that there is. */
  *children(): Generator<Child> {
    for (const { child } of this.#children.values()) yield child
  }

  /** Ends the series whose label has this value. */
  remove(label: string, value: string): void {
    for (const [key, { labels }] of this.#children) if (labels[label] === value) this.#children.delete(key)
  }

  /** Every series as it is now. */
  read(): MetricFamily {
    return { name: this.#name, series: [...this.#children.values()].map(({ labels, child }) => ({ labels, value: child.value })) }
  }
}

export function counterFamily(entry: MetricEntry, constant: Labels = {}): FastFamily<FastCounter> {
  return new FastFamily(entry, constant, () => new FastCounter())
}

export function histogramFamily(
  entry: MetricEntry & { readonly buckets: readonly number[] },
  constant: Labels = {},
): FastFamily<FastHistogram> {
  const bounds = new Float64Array(entry.buckets)
  return new FastFamily(entry, constant, () => new FastHistogram(bounds))
}
