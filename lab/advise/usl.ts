/** One measurement: so many workers answered so many requests per second. */
export interface Throughput {
  readonly workers: number
  readonly perSecond: number
}

/**
 * The universal scalability law (Gunther): X(N) = λN / (1 + σ(N−1) + κN(N−1)).
 * σ is the share of the work that only one can do at a time, κ what each pair of workers costs the other.
 */
export interface Scaling {
  /** λ: what one worker alone would answer per second. */
  readonly one: number
  /** σ, from 0 */
  readonly contention: number
  /** κ, from 0 */
  readonly coherency: number
}

export interface Fit extends Scaling {
  /** 1 where the curve meets every measurement, 0 where their mean would say as much. */
  readonly r2: number
}

/** What the law says of so many workers, requests per second. */
export const throughputOf = ({ one, contention, coherency }: Scaling, workers: number): number =>
  (one * workers) / (1 + contention * (workers - 1) + coherency * workers * (workers - 1))

/** The number of workers beyond which more of them answer less; Infinity where the curve only rises. */
export function peakWorkers({ contention, coherency }: Scaling): number {
  if (contention >= 1) return 1
  return coherency === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.sqrt((1 - contention) / coherency))
}

/**
 * The law that fits the measurements best, with every relative error counted alike; undefined where nothing was answered.
 * N / X(N) is linear in 1/λ, σ/λ and κ/λ, so the best fit needs no search. Two different numbers of workers tell
 * σ; κ takes four, for of three it would only be what the noise needs to be explained.
 */
export function fitScaling(measured: readonly Throughput[]): Fit | undefined {
  const points = measured.filter(({ workers, perSecond }) => workers > 0 && perSecond > 0)
  const different = new Set(points.map(({ workers }) => workers)).size
  if (different === 0) return undefined
  const most = different > 3 ? 3 : Math.min(2, different)
  const candidates = termSets.filter((terms) => terms.length <= most).flatMap((terms) => solveFor(terms, points) ?? [])
  const best = candidates.reduce((one, other) => (other.error < one.error ? other : one))
  const [base, contention, coherency] = best.weights
  const scaling = { one: 1 / base, contention: contention / base, coherency: coherency / base }
  return { ...scaling, r2: explained(scaling, points) }
}

/** What so many workers answer: between measurements as much as between their values, beyond them as the law says. */
export function throughputAt(measured: readonly Throughput[], workers: number): number | undefined {
  const points = [...measured].sort((one, other) => one.workers - other.workers)
  const after = points.findIndex((point) => point.workers >= workers)
  const upper = points[after]
  if (upper?.workers === workers) return upper.perSecond
  const lower = points[after - 1]
  if (upper !== undefined && lower !== undefined) {
    return lower.perSecond + ((upper.perSecond - lower.perSecond) * (workers - lower.workers)) / (upper.workers - lower.workers)
  }
  const fit = fitScaling(points)
  return fit === undefined ? undefined : throughputOf(fit, workers)
}

type Weights = readonly [number, number, number]

// σ and κ are no less than 0. The best of a few unknowns that are bounded from below is the best of all subsets that leave some at 0.
const termSets: readonly (readonly number[])[] = [[0], [0, 1], [0, 2], [0, 1, 2]]

const termsOf = (workers: number): Weights => [1, workers - 1, workers * (workers - 1)]

function solveFor(terms: readonly number[], points: readonly Throughput[]): { weights: Weights; error: number } | undefined {
  const rows = points.map(({ workers, perSecond }) => {
    const all = termsOf(workers)
    const target = workers / perSecond
    // Divided by the target: what counts is by which share the fit is off.
    return terms.map((term) => all[term]! / target)
  })
  const matrix = terms.map((_, i) => terms.map((_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)))
  const right = terms.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0))
  const solved = solve(matrix, right)
  if (solved === undefined || solved.some((value) => value < 0) || !(solved[0]! > 0)) return undefined
  const weights: [number, number, number] = [0, 0, 0]
  for (const [at, term] of terms.entries()) weights[term] = solved[at]!
  const error = rows.reduce((sum, row) => sum + (row.reduce((value, cell, at) => value + cell * solved[at]!, 0) - 1) ** 2, 0)
  return { weights, error }
}

/** Gauss's elimination with pivots; undefined where the equations do not tell. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined {
  const rows = matrix.map((row, at) => [...row, right[at]!])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++) if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    const lead = rows[pivot]!
    if (Math.abs(lead[column]!) < 1e-12 * Math.max(...matrix[column]!.map(Math.abs))) return undefined
    rows[pivot] = rows[column]!
    rows[column] = lead
    for (const [at, row] of rows.entries()) {
      if (at === column) continue
      const factor = row[column]! / lead[column]!
      for (let cell = column; cell <= size; cell++) row[cell]! -= factor * lead[cell]!
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!)
}

function explained(scaling: Scaling, points: readonly Throughput[]): number {
  const mean = points.reduce((sum, { perSecond }) => sum + perSecond, 0) / points.length
  const squares = (of: (point: Throughput) => number): number => points.reduce((sum, point) => sum + (point.perSecond - of(point)) ** 2, 0)
  const around = squares(() => mean)
  const left = squares(({ workers }) => throughputOf(scaling, workers))
  return around === 0 ? 1 : Math.max(0, 1 - left / around)
}
