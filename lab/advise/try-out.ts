import { RunError } from '../../core/errors.ts'
import type { Step, WorkloadRoute } from '../compare/comparison.ts'
import type { Bench } from '../engine/rig.ts'

import { flagsFor } from './advice.ts'
import type { Tried } from './finalists.ts'
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

/** Runs each of the finalists, in turns, and keeps the better of its runs: what else a machine does makes times only longer. */
export async function tryOut(
  bench: Bench,
  finals: readonly Recommendation[],
  trial: Trial,
): Promise<{ tried: Tried[]; failures: string[] }> {
  const measured = new Map<Recommendation, Step>()
  const failures = new Map<Recommendation, string>()
  for (let turn = 0; turn < trial.trials; turn++) {
    for (const final of finals.filter((each) => !failures.has(each))) {
      bench.tell(`${final.title}: whether it holds what is predicted`)
      try {
        const step = await rehearse(bench, flagsFor(final), trial)
        const before = measured.get(final)
        if (before === undefined || isBetter(step, before)) measured.set(final, step)
      } catch (error) {
        // What was found out is worth telling all the same.
        if (!(error instanceof RunError) || bench.signal.aborted) throw error
        failures.set(final, `${final.title}: ${error.message}`)
      }
    }
  }
  const tried = [...measured].map(([{ setup, title, workers, memoryBytes, ceiling, predicted }, step]): Tried => {
    return { option: { setup, title, workers, memoryBytes, ceiling, predicted }, measured: step }
  })
  return { tried, failures: [...failures.values()] }
}

const isBetter = (step: Step, than: Step): boolean => (step.saturated === than.saturated ? step.p99Ms < than.p99Ms : than.saturated)
