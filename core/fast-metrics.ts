import type { Registry } from 'prom-client'

/**
 * Metrics for the path of a request. prom-client joins and hashes the labels at every observation; here
 * the caller keeps the child it counts in, and labels are only looked at when the registry is read.
 */

type Labels = Readonly<Record<string, string>>

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  readonly metricName?: string
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'histogram' | 'gauge'
}

/** A child of a counter family: one number that only grows. */
export class FastCounter {
  value = 0
}

/** A child of a histogram family. */
export class FastHistogram {
  readonly #bounds: Float64Array
  readonly #counts: Float64Array
  #sum = 0

  constructor(bounds: Float64Array) {
    this.#bounds = bounds
    this.#counts = new Float64Array(bounds.length + 1)
  }

  /** @param seconds the observation in the family's unit */
  observe(seconds: number): void {
    const bounds = this.#bounds
    let i = 0
    while (i < bounds.length && seconds > bounds[i]!) i++
    this.#counts[i]!++
    this.#sum += seconds
  }

  /** Cumulative, as Prometheus has them. */
  samples(name: string, labels: Labels): Sample[] {
    const result: Sample[] = []
    let total = 0
    for (let i = 0; i < this.#counts.length; i++) {
      total += this.#counts[i]!
      result.push({ metricName: `${name}_bucket`, labels: { ...labels, le: this.#bounds[i] ?? '+Inf' }, value: total })
    }
    result.push({ metricName: `${name}_sum`, labels, value: this.#sum }, { metricName: `${name}_count`, labels, value: total })
    return result
  }
}

/** A family of children by labels, shown by a prom-client registry as one of its own metrics. */
export class FastFamily<Child extends FastCounter | FastHistogram> {
  readonly #children = new Map<string, { labels: Labels; child: Child }>()
  readonly #create: () => Child

  constructor(registry: Registry, family: Family, create: () => Child) {
    this.#create = create
    const get = async () => ({ ...family, aggregator: 'sum', values: this.#samples(family.name) })
    // What a registry asks of a metric: a name, and its values when read.
    registry.registerMetric({ name: family.name, get } as never)
  }

  /** The child with these labels; the caller keeps it. */
  child(labels: Labels): Child {
    const key = Object.values(labels).join('\0')
    let entry = this.#children.get(key)
    if (entry === undefined) {
      entry = { labels, child: this.#create() }
      this.#children.set(key, entry)
    }
    return entry.child
  }

  /** Ends the series whose label has this value. */
  remove(label: string, value: string): void {
    for (const [key, { labels }] of this.#children) if (labels[label] === value) this.#children.delete(key)
  }

  #samples(name: string): Sample[] {
    const samples: Sample[] = []
    for (const { labels, child } of this.#children.values()) {
      if (child instanceof FastCounter) samples.push({ labels, value: child.value })
      else samples.push(...child.samples(name, labels))
    }
    return samples
  }
}
