import { RunError } from '../../core/errors.ts'
import type { Step, WorkloadRoute } from '../compare/comparison.ts'
import type { Bench } from '../engine/rig.ts'

import { flagsFor } from './advice.ts'
import { hopeful, middleOf, type Tried } from './finalists.ts'
import type { Recommendation } from './recommend.ts'
import { rehearse } from './rehearse.ts'

export interface Trial {
  readonly routes: readonly WorkloadRoute[]
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
  /** How often each is run. */
  readonly trials: number
}

/**
 * Runs the finalists in turns, those that have fallen far behind no more, and keeps the middle one of each one's runs: what else the machine does at one
 * moment, and how its scheduler happens to place processes, shall not decide.
 */
export async function tryOut(
  bench: Bench,
  finals: readonly Recommendation[],
  trial: Trial,
): Promise<{ tried: Tried[]; failures: string[] }> {
  const runs = new Map<Recommendation, Step[]>()
  const failures: string[] = []
  let racing = finals
  for (let turn = 1; turn <= trial.trials; turn++) {
    for (const final of racing) {
      bench.tell(`${final.title}: whether it holds what is predicted (${turn} of ${trial.trials})`)
      try {
        runs.set(final, [...(runs.get(final) ?? []), await rehearse(bench, flagsFor(final), trial)])
      } catch (error) {
        // What was found out is worth telling all the same.
        if (!(error instanceof RunError) || bench.signal.aborted) throw error
        failures.push(`${final.title}: ${error.message}`)
        runs.delete(final)
        racing = racing.filter((each) => each !== final)
      }
    }
    const ahead = new Set(hopeful(racing.map((final) => triedOf(final, runs.get(final)!))).map(({ option }) => option.title))
    racing = racing.filter(({ title }) => ahead.has(title))
    // A race of one is over.
    if (racing.length < 2) break
  }
  return { tried: [...runs].map(([final, steps]) => triedOf(final, steps)), failures }
}

const triedOf = ({ setup, title, workers, memoryBytes, ceiling, predicted }: Recommendation, steps: readonly Step[]): Tried => ({
  option: { setup, title, workers, memoryBytes, ceiling, predicted },
  measured: middleOf(steps),
})
