import { metricCatalog } from './metrics/catalog.ts'
import type { RouteClass, RouteName } from './status.ts'

const buckets: readonly number[] = metricCatalog.routeBlocking.buckets
// A percentile read off the metric's own buckets may be wrong by half of its value: each of them is cut into so many.
const parts = 4

/** Upper bounds of the counts, in seconds; behind the last one is everything longer. Each bucket of the metric ends at one. */
export const holdBounds: readonly number[] = [
  buckets[0]! / 4,
  buckets[0]! / 2,
  ...buckets.flatMap((upper, index) => subdivide(buckets[index - 1], upper)),
  20,
  40,
  80,
]

function subdivide(lower: number | undefined, upper: number): number[] {
  if (lower === undefined) return [upper]
  const step = (upper / lower) ** (1 / parts)
  return [...Array.from({ length: parts - 1 }, (_, index) => lower * step ** (index + 1)), upper]
}

/** As the metric shows them: up to and including each of its buckets, then all, then the sum. */
export function asBuckets(counts: ArrayLike<number>, seconds: number): number[] {
  const result: number[] = []
  let total = 0
  for (let at = 0; at < counts.length; at++) {
    total += counts[at]!
    if (result.length < buckets.length && holdBounds[at] === buckets[result.length]) result.push(total)
  }
  while (result.length < buckets.length) result.push(total)
  return [...result, total, seconds]
}

/** The method of what is no route and still holds loops: `(no request)`, `(unknown)`, and `(other)` for what has no name of its own. */
export const noMethod = '*'

/** How often requests of one route held an event loop, and for how long, since its process began. */
export interface RouteCounts extends RouteName {
  /** By bucket, each for itself; zeros at the end are left out. */
  readonly counts: readonly number[]
  /** The sum of all holds. */
  readonly seconds: number
  /** What the app says of the route itself. */
  readonly declared?: RouteClass | undefined
}

/** How many observations there are. */
export const totalOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/**
 * The value below which a share of all observations lies, in seconds: even within its bucket, as Prometheus has it, and
 * the last bound for what is beyond it. 0 for none. Percentiles cannot be averaged: add the counts first.
 * @param share 0 to 1
 */
export function quantile(counts: readonly number[], share: number): number {
  const rank = share * totalOf(counts)
  if (rank === 0) return 0
  let below = 0
  for (const [index, count] of counts.entries()) {
    if (below + count < rank) {
      below += count
      continue
    }
    const upper = holdBounds[index]
    const lower = holdBounds[index - 1] ?? 0
    return upper === undefined ? lower : lower + ((upper - lower) * (rank - below)) / count
  }
  return holdBounds.at(-1)!
}

// Half of a route's requests hold the loop for longer than this: a neighbour notices. Seconds.
const blockingSeconds = 0.01
// Fewer requests tell nothing: the first of a fresh process are slow.
const fewest = 5

/** Whether a route with these counts is one that blocks. @param threshold for how long half of its requests hold the loop, in seconds */
export const isBlocking = (counts: readonly number[], threshold: number = blockingSeconds): boolean =>
  totalOf(counts) >= fewest && quantile(counts, 0.5) > threshold

/** Adds two counts bucket by bucket; a negative factor takes the second away. */
export function addCounts(a: readonly number[], b: readonly number[], factor: 1 | -1 = 1): number[] {
  const length = Math.max(a.length, b.length)
  return Array.from({ length }, (_, index) => (a[index] ?? 0) + factor * (b[index] ?? 0))
}

/** Whether this is a class of routes. */
export const isRouteClass = (value: unknown): value is RouteClass => value === 'blocking' || value === 'async'

/** Whether this is what a loop may say of its routes; what came over a wire is not believed. */
export function areRouteCounts(value: unknown): value is RouteCounts[] {
  return Array.isArray(value) && value.every(isRouteCounts)
}

function isRouteCounts(value: unknown): boolean {
  const { method, route, counts, seconds, declared } = (value ?? {}) as Record<string, unknown>
  return (
    typeof method === 'string' &&
    typeof route === 'string' &&
    typeof seconds === 'number' &&
    (declared === undefined || isRouteClass(declared)) &&
    Array.isArray(counts) &&
    counts.length <= holdBounds.length + 1 &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  )
}
