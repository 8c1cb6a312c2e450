import type { Step } from '../../compare/comparison.ts'

import { ceilingOf, isBlocking } from '../layout.ts'
import type { Findings } from '../recommend.ts'
import { layoutOf, loopSetup, type Setup, syncSetup, titleOf } from '../setup.ts'

export interface Measured {
  readonly setup: Setup
  readonly step: Step
}

/** What could answer this part of the rate only, by what single requests take, is not run to see it fall behind. */
const farTooFew = 0.6

/** Every cluster that is worth a look at so many requests a second, and the one that was picked. */
export function everySetup(picked: Setup, { routes, machine }: Pick<Findings, 'routes' | 'machine'>, rate: number): Setup[] {
  const { cpus } = machine
  const counts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
  const loops = [...new Set([1, 2, cpus, 2 * cpus])]
  const blocking = routes.filter(isBlocking).length
  const pools =
    blocking === 0 || blocking === routes.length ? [] : [1, cpus].flatMap((count) => [2, 4, 8].map((pool) => loopSetup(count, pool)))
  const all = [...loops.map((count) => loopSetup(count)), ...pools, ...counts.map((count) => syncSetup(count, cpus))]
  const isFarTooFew = (setup: Setup): boolean => ceilingOf(layoutOf(setup, routes, rate), routes, machine).perSecond < farTooFew * rate
  return [picked, ...all.filter((setup) => titleOf(setup) !== titleOf(picked) && !isFarTooFew(setup))]
}

/** What is no further away than this is as good: a tenth, and the millisecond that timers are off by. */
const tenth = 0.1
const timerMs = 1

/** The ones to be run again beside the pick: the best so far of those that keep up. */
export function bestOf(measured: readonly Measured[], count: number): Measured[] {
  return ableOf(measured)
    .toSorted((one, other) => one.step.p99Ms - other.step.p99Ms)
    .slice(0, count)
}

export interface Outcome {
  readonly best: Measured
  readonly pick: Measured
  /** Throughput and p99 of the pick are within a tenth of the best. */
  readonly isGood: boolean
}

/** The best of all that were measured, and whether the pick is as good. */
export function outcomeOf(measured: readonly Measured[], picked: Setup): Outcome {
  const pick = measured.find(({ setup }) => titleOf(setup) === titleOf(picked))!
  const able = ableOf(measured)
  const best = able.reduce((one, other) => (other.step.p99Ms < one.step.p99Ms ? other : one))
  const isGood = able.includes(pick) && pick.step.p99Ms <= best.step.p99Ms * (1 + tenth) + timerMs
  return { best, pick, isGood }
}

function ableOf(measured: readonly Measured[]): Measured[] {
  const most = Math.max(...measured.map(({ step }) => step.throughput))
  return measured.filter(({ step }) => step.throughput >= most * (1 - tenth))
}
