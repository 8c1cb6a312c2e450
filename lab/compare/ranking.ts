import type { ModelName, ModelResult, Step, Workload } from './comparison.ts'
import { sharesOf } from './workload.ts'

/** Models that fit a workload as well as each other, to what can be told. */
export type Place = readonly ModelName[]

/** Who comes where, and at which rate they were held side by side. */
export interface Ranking {
  readonly places: readonly Place[]
  /** The rate at which those of the first place and the others of about their capacity are compared; undefined where there is none. */
  readonly rate: number | undefined
  /** Those whose capacity is about the best. */
  readonly ablest: readonly ModelName[]
}

// What lies within these is the same: on a machine that does other things too, two runs of the same model differ by as much.
const capacityShare = 0.67
const tailFactor = 2
const tailMs = 10

/** Of equals, the one that takes the fewest processes and threads, and so the least memory, comes first. */
const simplest: readonly ModelName[] = ['async', 'hybrid-isolation', 'hybrid', 'sync-threads', 'sync-both', 'hybrid-pool', 'sync-processes']

/**
 * Ranks models: by what they can take; where that is about the same, by how long the slowest of a hundred requests take at a rate
 * that all of those keep up with easily. What is alike in both shares a place.
 */
export function rank(models: readonly ModelResult[], workload: Workload): Ranking {
  const groups = grouped(
    models,
    (model) => model.capacity,
    (best, each) => each >= best * capacityShare,
    'most',
  )
  const places = groups.flatMap((group) => {
    const rate = commonRate(group)
    const tail = (model: ModelResult): number => tailOf(stepAt(model, rate), workload)
    return grouped(group, tail, isAlikeTail, 'least')
  })
  const first = groups[0] ?? []
  return {
    places: places.map((place) => simplest.filter((model) => place.some((each) => each.model === model))),
    rate: commonRate(first),
    ablest: first.map(({ model }) => model),
  }
}

/** Whether it is not much longer than the best. */
const isAlikeTail = (best: number, each: number): boolean => each <= Math.max(best * tailFactor, best + tailMs)

/** Splits into groups of what is about the same: each begins with the best of those that are left. */
function grouped<T>(
  all: readonly T[],
  of: (each: T) => number,
  isAlike: (best: number, each: number) => boolean,
  wanted: 'most' | 'least',
): T[][] {
  const groups: T[][] = []
  let left = all.toSorted((a, b) => (wanted === 'most' ? of(b) - of(a) : of(a) - of(b)))
  while (left.length > 0) {
    const best = of(left[0]!)
    const group = left.filter((each, index) => index === 0 || isAlike(best, of(each)))
    groups.push(group)
    left = left.filter((each) => !group.includes(each))
  }
  return groups
}

/** Near its capacity the waits of a model are a matter of chance. */
const easyShare = 0.8

/** The highest rate that all of them kept up with easily, or just so; where there is none, the lowest that all were offered. */
export function commonRate(models: readonly ModelResult[]): number | undefined {
  const offered = (models[0]?.steps ?? [])
    .map((step) => step.offered)
    .filter((rate) => models.every((model) => stepAt(model, rate) !== undefined))
  const kept = offered.filter((rate) => models.every((model) => stepAt(model, rate)?.saturated === false))
  const least = Math.min(...models.map(({ capacity }) => capacity))
  return kept.findLast((rate) => rate <= least * easyShare) ?? kept[0] ?? offered[0]
}

export const stepAt = ({ steps }: ModelResult, rate: number | undefined): Step | undefined => steps.find(({ offered }) => offered === rate)

/** The p99 of each route, weighted by how often it is asked for: a route that is slow by itself does not hide how the others wait. */
export function tailOf(step: Step | undefined, { routes }: Workload): number {
  if (step === undefined) return Number.POSITIVE_INFINITY
  // A route without a good answer was not asked for, at a low rate; or nobody got one.
  const none = step.saturated ? Number.POSITIVE_INFINITY : 0
  return sharesOf(routes).reduce((tail, share, index) => {
    const p99Ms = step.routes[index]?.p99Ms ?? Number.NaN
    return tail + share * (Number.isNaN(p99Ms) ? none : p99Ms)
  }, 0)
}
