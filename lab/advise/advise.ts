import { RunError } from '../../core/errors.ts'
import type { Comparison, Workload } from '../compare/comparison.ts'

import { type Advice, commandFor } from './advice.ts'
import type { Goal } from './candidates.ts'
import { explain } from './explain.ts'
import { explainTrial } from './explain-trial.ts'
import { finalists, winner } from './finalists.ts'
import { measure } from './measure.ts'
import { observe, type Reading } from './observe.ts'
import type { Pace } from './options.ts'
import { type Findings, keepsUp, type Recommendation, recommend, recommendOption, weighAll } from './recommend.ts'
import { tryOut } from './try-out.ts'
import type { Bench } from '../engine/rig.ts'

/** What both ways to an advice share. */
export interface Setting {
  readonly version: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly machine: Comparison['machine']
  readonly pace: Pace
  /** Requests per second; undefined takes what was measured or observed. */
  readonly rate: number | undefined
  readonly p99Ms: number | undefined
}

/** Of the most that was answered, what is recommended for where nobody says. */
const usualLoad = 0.7

/** Runs a workload on clusters of its own, recommends one, and tries that out. @param app as it is shown, and as it is written in a command */
export async function adviseByRunning(
  bench: Bench,
  app: { shown: string; written: string },
  workload: Workload,
  setting: Setting,
): Promise<Advice> {
  const { cpus, memoryBytes } = setting.machine
  const { probeSeconds, syncCounts } = setting.pace
  const findings = await measure(bench, { workload, cpus, memoryBytes, seconds: probeSeconds, syncCounts })
  const most = Math.max(...[...findings.syncWorkers, ...findings.loops].map(({ perSecond }) => perSecond))
  if (most === 0)
    throw new RunError('nothing was answered in time; remedy: ask for less at once, or see what the app says with evenloop start')
  const goal: Goal = { rate: setting.rate ?? most * usualLoad, p99Ms: setting.p99Ms }
  const options = weighAll(findings, goal)
  const given: Given = { app: app.shown, written: app.written, workload, setting }
  const finals = finalists(options, goal, findings.routes, setting.pace.larger).map((option) =>
    recommendOption(option, { findings, goal, options }),
  )
  const predictedBest = finals[0]!
  // What cannot keep up would only be seen to fall behind.
  if (!options.some(({ ceiling }) => keepsUp(ceiling, goal))) return adviceFrom(findings, predictedBest, given)
  const { tried, failures } = await tryOut(bench, finals, { routes: workload.routes, rate: goal.rate, ...setting.pace })
  if (tried.length === 0) return { ...adviceFrom(findings, predictedBest, given), failures }
  const best = winner(tried, goal, findings.routes)
  const recommendation = finals.find(({ title }) => title === best.option.title)!
  const advice = adviceFrom(findings, recommendation, given)
  const [answer, ...reasons] = advice.sentences
  const sentences = [answer!, ...explainTrial(tried, best, predictedBest.title), ...reasons]
  return { ...advice, sentences, measured: best.measured, tried, failures }
}

/** Observes a cluster that runs, and recommends one for what it is asked. */
export async function adviseByObserving(
  read: () => Promise<Reading>,
  { app, signal }: { readonly app: string; readonly signal: AbortSignal },
  setting: Setting,
): Promise<Advice> {
  const { findings, workload, rate } = await observe(read, setting.pace.seconds, setting.machine, signal)
  const goal: Goal = { rate: setting.rate ?? rate, p99Ms: setting.p99Ms }
  return adviceFrom(findings, recommend(findings, goal), { app, written: 'APP', workload, setting })
}

interface Given {
  readonly app: string
  readonly written: string
  readonly workload: Workload
  readonly setting: Setting
}

function adviceFrom(findings: Findings, recommendation: Recommendation, { app, written, workload, setting }: Given): Advice {
  const { version, startedAt, machine } = setting
  return {
    ...{ version, startedAt, machine, app, workload, findings, recommendation },
    sentences: explain(findings, recommendation),
    command: commandFor(written, recommendation),
    tried: [],
    failures: [],
  }
}
