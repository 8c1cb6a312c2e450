import type { Step } from '../compare/comparison.ts'

import type { Goal } from './candidates.ts'
import { type AsGood, choose } from './choose.ts'
import type { Option } from './recommend.ts'

/** A cluster that was run to see whether it holds what is predicted. */
export interface Tried {
  readonly option: Option
  readonly measured: Step
}

const kindOf = ({ setup }: Option): string => (setup.blockingWorkers > 0 ? 'pool' : setup.model === 'sync' ? 'sync' : 'loops')

/** What is predicted to be worse than the best by more than this is not worth a try. */
const within = 2
/** Milliseconds that no prediction is sure of. */
const unsureMs = 10

/**
 * Those worth running: the one that is predicted to be best, the best of each other kind that comes near it, and the next larger of each kind.
 * @param larger how many of these: more workers soften what no prediction knows, as the collector and the system's scheduler
 */
export function finalists(options: readonly Option[], goal: Goal, routes: readonly { readonly share: number }[], larger: number): Option[] {
  const first = choose(options, goal, routes)
  const near = options.filter(({ predicted }) => predicted.p99Ms <= first.predicted.p99Ms * within + unsureMs)
  const kinds = [...new Set([first, ...near].map(kindOf))]
  return kinds.flatMap((kind) => {
    const alike = near.filter((option) => kindOf(option) === kind)
    const best = kind === kindOf(first) ? first : choose(alike, goal, routes)
    const more = alike.filter(({ workers }) => workers > best.workers).toSorted((one, other) => one.workers - other.workers)
    return [best, ...more.slice(0, larger)]
  })
}

/** The middle one of a few runs differs by as much from that of the next few. */
const measuredAsGood: AsGood = { factor: 1.05, ms: 0.5 }
/** One that is worse than the best by more does not become the best by being run again. */
const hopeless = { factor: 1.5, ms: 3 }

/** Whether what was measured kept up; a cluster that is asked for more than it can says nothing by its times. */
const keptUp = ({ measured }: Tried): boolean => !measured.saturated

/** The one to recommend, by what was measured alone. @param tried at least one */
export function winner(tried: readonly Tried[], goal: Goal, routes: readonly { readonly share: number }[]): Tried {
  const able = tried.filter(keptUp)
  const from = able.length > 0 ? able : tried
  const asMeasured = from.map((one) => ({ one, memoryBytes: one.option.memoryBytes, predicted: one.measured }))
  return choose(asMeasured, goal, routes, measuredAsGood).one
}

/** Those of which another run may still make the winner. @param tried at least one */
export function hopeful(tried: readonly Tried[]): Tried[] {
  const able = tried.filter(keptUp)
  if (able.length === 0) return [...tried]
  const best = Math.min(...able.map(({ measured }) => measured.p99Ms))
  return able.filter(({ measured }) => measured.p99Ms <= best * hopeless.factor + hopeless.ms)
}

/** Of several runs of one cluster the one in the middle, by p99; those that fell behind come last. @param runs at least one */
export function middleOf(runs: readonly Step[]): Step {
  const sorted = runs.toSorted((one, other) => Number(one.saturated) - Number(other.saturated) || one.p99Ms - other.p99Ms)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}
