import { parseArgs } from 'node:util'

import { parseUnit } from '../../config/units.ts'
import { FlagReader, numberIn } from '../engine/flag-reader.ts'

import { type ModelName, modelNames } from './comparison.ts'

/** What a command line of `evenloop compare` asks for. */
export interface CompareOptions {
  /** The app's file as it was given; undefined for the demo. */
  readonly app: string | undefined
  /** A configuration file of the app. */
  readonly config: string | undefined
  /** A name or a file; undefined where none was given. */
  readonly workload: string | undefined
  readonly budget: Budget
  readonly models: readonly ModelName[]
  readonly pace: Pace
  /** Requests per second; undefined where they follow from what the models can do. */
  readonly rates: readonly number[] | undefined
  readonly html: string | undefined
  /** Where the JSON goes: a file, or '' for standard output. */
  readonly json: string | undefined
}

/** `workers` undefined: as many as suit the machine. */
export type Budget = { readonly by: 'workers'; readonly workers: number | undefined } | { readonly by: 'memory'; readonly bytes: number }

/** How much time is taken for what. */
export interface Pace {
  /** Of each rate. */
  readonly stepSeconds: number
  readonly warmUpSeconds: number
  readonly burstSeconds: number
  /** How many rates there are. */
  readonly rates: number
}

const thorough: Pace = { stepSeconds: 5, warmUpSeconds: 2, burstSeconds: 3, rates: 6 }
const quick: Pace = { stepSeconds: 2, warmUpSeconds: 1, burstSeconds: 1.5, rates: 4 }

/**
 * Reads the arguments as the command line passes them on: known flags alone, each with its value.
 * @throws ConfigError with every value that is wrong
 */
export function readOptions(argv: readonly string[]): CompareOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      workload: { type: 'string' },
      budget: { type: 'string' },
      models: { type: 'string' },
      seconds: { type: 'string' },
      rates: { type: 'string' },
      quick: { type: 'boolean', default: false },
      html: { type: 'string' },
      json: { type: 'string' },
      config: { type: 'string' },
    },
  })
  const flags = new FlagReader()
  const pace = values.quick ? quick : thorough
  const stepSeconds = flags.read(
    '--seconds',
    values.seconds,
    pace.stepSeconds,
    (text) => numberIn(text, 0.5, 600),
    'seconds for each rate, 0.5 to 600',
  )
  const options: CompareOptions = {
    app: positionals[0],
    config: values.config,
    workload: values.workload,
    budget: flags.read<Budget>(
      '--budget',
      values.budget,
      { by: 'workers', workers: undefined },
      parseBudget,
      'workers=N (2 to 1024) or memory=SIZE (for instance memory=1GiB)',
    ),
    models: flags.read('--models', values.models, modelNames, parseModels, `a list among ${modelNames.join(',')}`),
    // Who takes little time for each rate has none for the rest either.
    pace: {
      ...pace,
      stepSeconds,
      warmUpSeconds: Math.min(pace.warmUpSeconds, 2 * stepSeconds),
      burstSeconds: Math.min(pace.burstSeconds, 2 * stepSeconds),
    },
    rates: flags.read<readonly number[] | undefined>(
      '--rates',
      values.rates,
      undefined,
      parseRates,
      'requests per second, 1 to 20 of them, for instance 100,200,400',
    ),
    html: flags.output('--html', values.html),
    json: flags.output('--json', values.json),
  }
  flags.end()
  return options
}

function parseBudget(text: string): Budget | undefined {
  const [, by, amount] = /^(workers|memory)=(.+)$/.exec(text) ?? []
  if (by === 'workers') {
    const workers = /^\d{1,4}$/.test(amount!) ? Number(amount) : 0
    return workers >= 2 && workers <= 1_024 ? { by, workers } : undefined
  }
  const bytes = by === undefined ? undefined : parseUnit(amount!, 'size')
  return bytes === undefined || bytes === 0 ? undefined : { by: 'memory', bytes }
}

function parseModels(text: string): readonly ModelName[] | undefined {
  const names = text.split(',').map((name) => name.trim())
  const known = modelNames.filter((model) => names.includes(model))
  return known.length === new Set(names).size ? known : undefined
}

function parseRates(text: string): readonly number[] | undefined {
  const rates = [...new Set(text.split(',').map(Number))].sort((a, b) => a - b)
  return rates.length <= 20 && rates.every((rate) => rate >= 0.1 && rate <= 1e6) ? rates : undefined
}
