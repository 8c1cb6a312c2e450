import type { Goal } from './candidates.ts'

/** What a cluster is chosen by: predicted or measured. */
export interface Choice {
  readonly memoryBytes: number
  readonly predicted: { readonly p99Ms: number; readonly routes: readonly { readonly p99Ms: number }[] }
}

/** What is no worse than the best by this factor, and these milliseconds, is as good: then the cheaper one is taken. */
export interface AsGood {
  readonly factor: number
  readonly ms: number
}

const predictedAsGood: AsGood = { factor: 1.05, ms: 1 }

/**
 * The cheapest that stays below the p99 that was asked for; else the cheapest of those that are as good as the best.
 * @param options at least one
 */
export function choose<Some extends Choice>(
  options: readonly Some[],
  { p99Ms }: Goal,
  routes: readonly { readonly share: number }[],
  asGood = predictedAsGood,
): Some {
  const good = p99Ms === undefined ? [] : options.filter(({ predicted }) => predicted.p99Ms <= p99Ms)
  if (good.length > 0) return cheapest(good)
  const felt = (option: Some): number => feltMs(option, routes)
  const best = { p99Ms: least(options, ({ predicted }) => predicted.p99Ms), feltMs: least(options, felt) }
  const isAsGood = (ms: number, than: number): boolean => ms <= than * asGood.factor + asGood.ms
  const equal = options.filter((each) => isAsGood(each.predicted.p99Ms, best.p99Ms) && isAsGood(felt(each), best.feltMs))
  if (equal.length > 0) return cheapest(equal)
  return options.reduce((one, other) => (felt(other) < felt(one) ? other : one))
}

/** The mean of the routes' p99, each as much as it is asked for: a route that is slow by itself does not hide how the others wait. */
const feltMs = ({ predicted }: Choice, routes: readonly { readonly share: number }[]): number =>
  predicted.routes.reduce((sum, { p99Ms }, at) => sum + (Number.isNaN(p99Ms) ? 0 : routes[at]!.share * p99Ms), 0)

const least = <Some>(all: readonly Some[], of: (one: Some) => number): number => Math.min(...all.map(of))

const cheapest = <Some extends Choice>(options: readonly Some[]): Some =>
  options.reduce((one, other) =>
    other.memoryBytes < one.memoryBytes || (other.memoryBytes === one.memoryBytes && other.predicted.p99Ms < one.predicted.p99Ms)
      ? other
      : one,
  )
