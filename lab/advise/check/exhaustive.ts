import type { Step } from '../../compare/comparison.ts'

import { isBlocking } from '../layout.ts'
import type { RouteDemand } from '../route-demand.ts'
import { loopSetup, type Setup, syncSetup, titleOf } from '../setup.ts'

export interface Measured {
  readonly setup: Setup
  readonly step: Step
}

/** Every cluster that is worth a look on so many CPUs, and the one that was picked. */
export function everySetup(picked: Setup, cpus: number, routes: readonly RouteDemand[]): Setup[] {
  const counts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
  const loops = [...new Set([1, 2, cpus, 2 * cpus])]
  const blocking = routes.filter(isBlocking).length
  const pools =
    blocking === 0 || blocking === routes.length ? [] : [1, cpus].flatMap((count) => [2, 4, 8].map((pool) => loopSetup(count, pool)))
  const all = [...loops.map((count) => loopSetup(count)), ...pools, ...counts.map((count) => syncSetup(count, cpus))]
  return [picked, ...all.filter((setup) => titleOf(setup) !== titleOf(picked))]
}

/** What is no further away than this is as good: a tenth, and the millisecond that timers are off by. */
const tenth = 0.1
const timerMs = 1

/** Of several rounds over the same clusters the better one of each: what else a machine does makes times only longer. */
export const bestOf = (rounds: readonly (readonly Measured[])[]): Measured[] =>
  rounds[0]!.map((_, at) => rounds.map((round) => round[at]!).reduce((one, other) => (other.step.p99Ms < one.step.p99Ms ? other : one)))

export interface Outcome {
  readonly best: Measured
  readonly pick: Measured
  /** Throughput and p99 of the pick are within a tenth of the best. */
  readonly isGood: boolean
}

/** The best of all that were measured, and whether the pick is as good. */
export function outcomeOf(measured: readonly Measured[], picked: Setup): Outcome {
  const pick = measured.find(({ setup }) => titleOf(setup) === titleOf(picked))!
  const most = Math.max(...measured.map(({ step }) => step.throughput))
  const able = measured.filter(({ step }) => step.throughput >= most * (1 - tenth))
  const best = able.reduce((one, other) => (other.step.p99Ms < one.step.p99Ms ? other : one))
  const isGood = able.includes(pick) && pick.step.p99Ms <= best.step.p99Ms * (1 + tenth) + timerMs
  return { best, pick, isGood }
}
