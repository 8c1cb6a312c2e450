import { RunError } from '../../core/errors.ts'
import { type Bench, type Rig, withRig } from '../engine/rig.ts'

import { waitText } from '../figures.ts'
import { sharesOf } from './budget.ts'
import { checkRoutes } from './check-routes.ts'
import type { Comparison, ModelResult, Step } from './comparison.ts'
import { capacityFrom, ladder, worthOffering } from './ladder.ts'
import { measureBurst, measureSteps, warmUp } from './measure-model.ts'
import { type ModelSetting, modelSettings } from './models.ts'
import { notesOf } from './notes.ts'
import type { CompareOptions } from './options.ts'
import { burstSeconds, stepsSeconds } from './schedule.ts'
import { verdictOf } from './verdict.ts'

/** What a comparison needs beside the options. */
export interface Setting extends Pick<Comparison, 'version' | 'startedAt' | 'machine' | 'workload'> {
  readonly bench: Bench
  /** The app as a command names it that does the same by hand. */
  readonly appName: string
}

/** A model of which it is known what it answers in a burst. */
interface Candidate {
  readonly setting: ModelSetting
  readonly burst: number
}

/**
 * Measures every model on the same workload and at the same rates.
 * @returns what there is, where it is ended before its time
 * @throws RunError, UsageError where nothing could be measured
 */
export async function runComparison(options: CompareOptions, setting: Setting): Promise<Comparison> {
  const { bench, workload, machine, version, startedAt } = setting
  const { pace } = options
  const missing: string[] = []
  const { budget, counts } = await sharesOf(options.budget, machine.cpus, bench, (rig) => warmUp(rig, workload, pace))
  const settings = modelSettings(counts, machine.cpus, options.models)
  const candidates = await measureBursts(settings, options, setting, missing)
  const rates =
    options.rates ??
    ladder(
      candidates.map(({ burst }) => burst),
      pace.rates,
    )
  const models: ModelResult[] = []
  try {
    await measureAll(candidates, rates, { options, setting, missing, models })
  } catch (error) {
    if (!bench.signal.aborted || models.length === 0) throw error
    missing.push('It was ended before its time; what was not measured by then is left out.')
  }
  if (models.length === 0) throw new RunError(`no model could be measured. ${missing.join(' ')}`)
  return {
    version,
    startedAt,
    machine,
    app: options.app ?? 'demo',
    workload,
    budget,
    stepSeconds: pace.stepSeconds,
    rates,
    models,
    verdict: verdictOf({ models, workload, budget, machine }),
    notes: [...missing, ...notesOf(models, machine.cpus)],
  }
}

/** What each model answers in a burst, without those that cannot be started. */
async function measureBursts(
  settings: readonly ModelSetting[],
  options: CompareOptions,
  setting: Setting,
  missing: string[],
): Promise<Candidate[]> {
  const { pace, rates } = options
  const later = settings.length * stepsSeconds(pace, rates?.length ?? pace.rates)
  const candidates: Candidate[] = []
  for (const [index, each] of settings.entries()) {
    const left = later + (settings.length - index) * burstSeconds(pace)
    setting.bench.tell(`${index + 1} of ${settings.length}: what “${each.title}” can take; about ${waitText(left)} left`)
    const burst = await measured(each, setting, missing, (rig) => measureBurst(rig, setting.workload, pace))
    if (burst !== undefined) candidates.push({ setting: each, burst })
  }
  return candidates
}

interface Ongoing {
  readonly options: CompareOptions
  readonly setting: Setting
  readonly missing: string[]
  /** What is measured so far, with the model whose turn it is as soon as it has a step. */
  readonly models: ModelResult[]
}

async function measureAll(
  candidates: readonly Candidate[],
  rates: readonly number[],
  { options, setting, missing, models }: Ongoing,
): Promise<void> {
  const { pace } = options
  const { workload, bench, appName } = setting
  const times = candidates.map(({ burst }) => stepsSeconds(pace, worthOffering(rates, burst).length))
  for (const [index, { setting: each, burst }] of candidates.entries()) {
    const steps: Step[] = []
    const place = models.length
    const note = (more: Pick<ModelResult, 'holdsMs'>): void => {
      const command = `evenloop start ${appName} ${each.flags.join(' ')}`
      models[place] = {
        model: each.model,
        title: each.title,
        command,
        workers: each.workers,
        capacity: capacityFrom(burst, steps),
        steps,
        ...more,
      }
    }
    const left = times.slice(index).reduce((sum, seconds) => sum + seconds, 0)
    const onStep = (rate: number, step: number): void =>
      bench.tell(
        `${index + 1} of ${candidates.length}: “${each.title}” at ${rate} requests/s; about ${waitText(left - step * pace.stepSeconds)} left`,
      )
    const onMeasured = (step: Step): void => {
      steps.push(step)
      note({})
    }
    const more = await measured(each, setting, missing, (rig) => measureSteps(rig, { workload, pace, rates, burst, onStep, onMeasured }))
    if (more !== undefined) note(more)
  }
}

/** Runs the cluster of a model; undefined, and a note, where that fails while others may not. */
async function measured<Result>(
  { title, flags }: ModelSetting,
  { bench, workload }: Setting,
  missing: string[],
  measure: (rig: Rig) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await withRig(bench, flags, async (rig) => {
      await checkRoutes(rig.cluster.url, workload)
      return await measure(rig)
    })
  } catch (error) {
    if (bench.signal.aborted || !(error instanceof RunError)) throw error
    missing.push(`“${title}” could not be measured: ${error.message}`)
    return undefined
  }
}
