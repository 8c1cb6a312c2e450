/** A histogram as Prometheus tells it: how many observations did not exceed each bound. */
export interface Histogram {
  /** Upper bounds, growing; the last one is infinite. */
  readonly bounds: readonly number[]
  /** Observations between the bound before and this one. */
  readonly counts: readonly number[]
}

/** A histogram in the text of /metrics, all its labels together; empty where it is not there. */
export function readHistogram(text: string, name: string): Histogram {
  const cumulated = new Map<number, number>()
  for (const [, le, value] of text.matchAll(new RegExp(`^${name}_bucket\\{[^}]*\\ble="([^"]+)"[^}]*\\} (\\S+)`, 'gm'))) {
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    cumulated.set(bound, (cumulated.get(bound) ?? 0) + Number(value))
  }
  const bounds = [...cumulated.keys()].sort((a, b) => a - b)
  return { bounds, counts: bounds.map((bound, index) => cumulated.get(bound)! - (index === 0 ? 0 : cumulated.get(bounds[index - 1]!)!)) }
}

/** What was observed between two readings. */
export function between(before: Histogram, after: Histogram): Histogram {
  const earlier = new Map(before.bounds.map((bound, index) => [bound, before.counts[index]!]))
  return { bounds: after.bounds, counts: after.counts.map((count, index) => count - (earlier.get(after.bounds[index]!) ?? 0)) }
}

/**
 * The value that a share of all observations does not exceed, where so many more than the histogram holds were 0; within a
 * bucket the observations count as spread evenly.
 * @param share 0 to 1
 */
export function quantile({ bounds, counts }: Histogram, share: number, zeros = 0): number {
  const total = counts.reduce((sum, count) => sum + count, zeros)
  let left = total * share - zeros
  if (total === 0 || left <= 0) return 0
  for (const [index, count] of counts.entries()) {
    const low = index === 0 ? 0 : bounds[index - 1]!
    const high = bounds[index]!
    // Of what exceeds every bound nobody knows by how much.
    if (left <= count) return Number.isFinite(high) ? low + ((high - low) * left) / count : low
    left -= count
  }
  return bounds.at(-2) ?? 0
}
