import { seededRng } from '../../load/seeded-rng.ts'

import { candidates, type Goal } from './candidates.ts'
import { choose } from './choose.ts'
import { ceilingOf, type Ceiling, isBlocking, type Machine } from './layout.ts'
import { aloneMs, meanOf, type RouteDemand } from './route-demand.ts'
import { layoutOf, memoryOf, type Setup, titleOf, type WorkerMemory, workersOf } from './setup.ts'
import { type Predicted, simulate } from './simulate.ts'
import { type Throughput, throughputAt } from './usl.ts'

/** What was found out of a workload. */
export interface Findings {
  readonly routes: readonly RouteDemand[]
  readonly machine: Machine & { readonly memoryBytes: number }
  readonly memory: WorkerMemory
  /** What so many sync workers answered when they were asked for all they could. */
  readonly syncWorkers: readonly Throughput[]
  /** The same of event loops. */
  readonly loops: readonly Throughput[]
}

export interface Option {
  readonly setup: Setup
  readonly title: string
  readonly workers: number
  readonly memoryBytes: number
  readonly ceiling: Ceiling
  /** At the rate of the goal, sent evenly as a load generator sends. */
  readonly predicted: Predicted
}

export interface Recommendation extends Option {
  readonly goal: Goal
  /** Of the same rate where requests come by chance, as they do from people. */
  readonly byChance: Predicted
  /** Requests that one loop shall hold at once; 1 for sync workers. */
  readonly concurrency: number | 'auto'
  /** Routes to declare as blocking, so that nothing waits until the balancers have learned it. */
  readonly declared: readonly string[]
  /** `limits.queue` and `timeouts.queue`: more than that would only wait longer. */
  readonly queue: { readonly requests: number; readonly waitMs: number }
  /** Whether it is predicted to keep up with the rate, and to stay below the p99 that was asked for. */
  readonly reaches: boolean
  /** Everything that can keep up, this one included. */
  readonly options: readonly Option[]
}

/** Of what a cluster can do at most, what it shall be asked for at most: without room a queue never ends. */
const fullest = 0.9
/** The part of the machine's memory that workers may take. */
const mostMemory = 0.8
const roughly = 6_000
const precisely = 20_000

/** Every cluster that can keep up with the goal, with what is predicted of it; where none can, the one that comes closest. Pure: chance has a seed. */
export function weighAll(findings: Findings, goal: Goal): Option[] {
  const { routes, machine, memory } = findings
  const memoryWorkers = Math.floor((machine.memoryBytes * mostMemory) / Math.max(1, memory.threadBytes))
  const setups = candidates(routes, machine, goal, memoryWorkers).filter(
    (setup) => memoryOf(setup, memory) <= machine.memoryBytes * mostMemory,
  )
  const all = setups.map((setup): Sized => ({ setup, workers: workersOf(setup), ceiling: ceilingFor(findings, goal, setup) }))
  const able = all.filter(({ ceiling }) => keepsUp(ceiling, goal))
  // Of one that falls behind there is nothing to predict: its requests wait ever longer.
  return (able.length > 0 ? able : [highest(all)]).map((sized) => weigh(findings, goal, sized))
}

/** The one that answers the goal with the least memory, among those that answer it as well as any. */
export const recommend = (findings: Findings, goal: Goal): Recommendation => {
  const options = weighAll(findings, goal)
  return recommendOption(choose(options, goal, findings.routes), { findings, goal, options })
}

/** One of the options, with all that belongs to it. */
export function recommendOption(
  chosen: Option,
  { findings, goal, options }: { findings: Findings; goal: Goal; options: readonly Option[] },
): Recommendation {
  const { routes, machine } = findings
  const layout = layoutOf(chosen.setup, routes, goal.rate)
  const again = (arrivals: 'even' | 'chance'): Predicted =>
    simulate(layout, routes, machine, { rate: goal.rate, arrivals, requests: precisely }, seededRng(2))
  const predicted = again('even')
  return {
    ...chosen,
    predicted,
    byChance: again('chance'),
    goal,
    concurrency: concurrencyFor(chosen, findings),
    declared: declaredFor(chosen, routes),
    queue: queueFor(chosen, predicted),
    reaches: keepsUp(chosen.ceiling, goal) && (goal.p99Ms === undefined || predicted.p99Ms <= goal.p99Ms),
    options,
  }
}

type Sized = Pick<Option, 'setup' | 'workers' | 'ceiling'>

const ceilingFor = (findings: Findings, { rate }: Goal, setup: Setup): Ceiling =>
  lower(ceilingOf(layoutOf(setup, findings.routes, rate), findings.routes, findings.machine), measuredCeiling(findings, setup))

const highest = (all: readonly Sized[]): Sized =>
  all.reduce((best, each) => (each.ceiling.perSecond > best.ceiling.perSecond * 1.02 ? each : best))

function weigh({ routes, machine, memory }: Findings, { rate }: Goal, sized: Sized): Option {
  const { setup } = sized
  const predicted = simulate(layoutOf(setup, routes, rate), routes, machine, { rate, arrivals: 'even', requests: roughly }, seededRng(1))
  return { ...sized, title: titleOf(setup), memoryBytes: memoryOf(setup, memory), predicted }
}

/** What was measured of so many workers, beyond what the demands of single requests say: what it costs that there are many. */
function measuredCeiling({ syncWorkers, loops }: Findings, setup: Setup): Ceiling | undefined {
  if (setup.blockingWorkers > 0) return undefined
  const perSecond = throughputAt(setup.model === 'sync' ? syncWorkers : loops, workersOf(setup))
  return perSecond === undefined ? undefined : { perSecond, by: setup.model === 'sync' ? 'workers' : 'loop' }
}

const lower = (one: Ceiling, other: Ceiling | undefined): Ceiling => (other !== undefined && other.perSecond < one.perSecond ? other : one)

/** Whether a cluster answers the rate with room to spare. */
export const keepsUp = ({ perSecond }: Ceiling, { rate }: Goal): boolean => rate <= perSecond * fullest

/** Loops need no limit but where what they wait for serves one at a time: what is beyond twice that only waits there. */
function concurrencyFor({ setup, ceiling }: Option, { routes }: Findings): number | 'auto' {
  if (setup.model === 'sync') return 1
  const lockMs = meanOf(routes, (route) => route.lockMs)
  if (lockMs === 0) return 'auto'
  const held = (ceiling.perSecond / 1_000) * meanOf(routes, aloneMs)
  return Math.max(2, Math.ceil((2 * held) / workersOf(setup)))
}

/** Those that are kept apart from others, where the flag that declares them can name them. */
function declaredFor({ setup }: Option, routes: readonly RouteDemand[]): string[] {
  const blocking = routes.filter(isBlocking)
  if (setup.model !== 'hybrid' || blocking.length === routes.length) return []
  return [...new Set(blocking.flatMap(({ pattern }) => pattern ?? []))].filter((pattern) => /^[A-Z]+ \/[^\s,='"]*$/.test(pattern))
}

/** As long a queue as is answered while its last one still has the patience: ten times the usual, and at least a second. */
function queueFor({ ceiling }: Option, { p99Ms }: Predicted): { requests: number; waitMs: number } {
  const waitMs = Math.min(10_000, Math.max(1_000, Math.ceil(p99Ms / 100) * 1_000))
  return { requests: Math.max(10, Math.ceil((ceiling.perSecond * waitMs) / 1_000)), waitMs }
}
