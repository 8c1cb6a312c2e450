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

/** Those worth running: the one that is predicted to be best, and the best of each other kind that comes near it. */
export function finalists(options: readonly Option[], goal: Goal, routes: readonly { readonly share: number }[]): Option[] {
  const first = choose(options, goal, routes)
  const kinds = [...new Set(options.map(kindOf))].filter((kind) => kind !== kindOf(first))
  const others = kinds
    .map((kind) =>
      choose(
        options.filter((option) => kindOf(option) === kind),
        goal,
        routes,
      ),
    )
    .filter(({ predicted }) => predicted.p99Ms <= first.predicted.p99Ms * within + unsureMs)
  return [first, ...others]
}

/** Two runs of the same cluster differ by as much. */
const measuredAsGood: AsGood = { factor: 1.1, ms: 3 }

/** Whether what was measured kept up; a cluster that is asked for more than it can says nothing by its times. */
const keptUp = ({ measured }: Tried): boolean => !measured.saturated

/** The one to recommend, by what was measured alone. @param tried at least one */
export function winner(tried: readonly Tried[], goal: Goal, routes: readonly { readonly share: number }[]): Tried {
  const able = tried.filter(keptUp)
  const from = able.length > 0 ? able : tried
  const asMeasured = from.map((one) => ({ one, memoryBytes: one.option.memoryBytes, predicted: one.measured }))
  return choose(asMeasured, goal, routes, measuredAsGood).one
}
