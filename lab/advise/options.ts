import { parseArgs } from 'node:util'

import { parseUnit } from '../../config/units.ts'
import { ConfigError, type ConfigProblem } from '../../core/errors.ts'

/** What a command line of `evenloop advise` asks for. */
export interface AdviseOptions {
  /** The app's file as it was given; undefined for the demo. */
  readonly app: string | undefined
  /** A configuration file of the app, or of the cluster that is observed. */
  readonly config: string | undefined
  /** A name or a file; undefined where none was given. */
  readonly workload: string | undefined
  /** Requests per second; undefined where it follows from what was measured. */
  readonly rate: number | undefined
  readonly p99Ms: number | undefined
  readonly pace: Pace
  readonly html: string | undefined
  /** Where the JSON goes: a file, or '' for standard output. */
  readonly json: string | undefined
  /** A running cluster is observed instead of one being run. */
  readonly observe: boolean
  readonly admin: string | undefined
  readonly adminToken: string | undefined
}

/** How much time is taken for what, in seconds. */
export interface Pace {
  /** Each single thing that is measured. */
  readonly probeSeconds: number
  /** Running what looks best, or observing. */
  readonly seconds: number
  /** How often each of those is run, in turns: what else the machine does at one moment shall not decide. */
  readonly trials: number
  /** How many sync workers are tried. */
  readonly syncCounts: readonly number[]
}

const thorough: Pace = { probeSeconds: 2, seconds: 10, trials: 2, syncCounts: [1, 2, 4, 8, 16] }
const quick: Pace = { probeSeconds: 0.8, seconds: 4, trials: 1, syncCounts: [1, 2, 4] }

/**
 * Reads the arguments as the command line passes them on: known flags alone, each with its value.
 * @throws ConfigError with every value that is wrong
 */
export function readOptions(argv: readonly string[]): AdviseOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      workload: { type: 'string' },
      rate: { type: 'string' },
      p99: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      html: { type: 'string' },
      json: { type: 'string' },
      config: { type: 'string' },
      observe: { type: 'boolean', default: false },
      admin: { type: 'string' },
      'admin-token': { type: 'string' },
    },
  })
  const problems: ConfigProblem[] = []
  const refuse = (flag: string, value: string, accepted: string): void =>
    void problems.push({ key: flag, value, accepted, source: 'command line' })
  const read = (
    flag: string,
    text: string | undefined,
    parse: (text: string) => number | undefined,
    accepted: string,
  ): number | undefined => {
    const value = text === undefined ? undefined : parse(text)
    if (text !== undefined && value === undefined) refuse(flag, text, accepted)
    return value
  }
  const pace = values.quick ? quick : thorough
  const [app] = positionals
  if (values.observe && app !== undefined) refuse('--observe', `given with an app (${app})`, 'one of both: a running cluster has its app')
  if (values.observe && values.workload !== undefined)
    refuse('--workload', values.workload, 'none with --observe, which takes the requests that come')
  for (const name of ['admin', 'admin-token'] as const)
    if (!values.observe && values[name] !== undefined)
      refuse(`--${name}`, 'given without --observe', 'it only where a running cluster is observed')
  const options: AdviseOptions = {
    app,
    config: values.config,
    workload: values.workload,
    rate: read('--rate', values.rate, (text) => numberIn(text, 0.1, 1e6), 'requests per second, 0.1 to 1000000'),
    p99Ms: read('--p99', values.p99, parseTime, 'a time, for instance 50ms or 2s'),
    pace: {
      ...pace,
      seconds: read('--seconds', values.seconds, (text) => numberIn(text, 1, 3_600), 'seconds, 1 to 3600') ?? pace.seconds,
    },
    html: values.html,
    json: values.json,
    observe: values.observe,
    admin: values.admin,
    adminToken: values['admin-token'],
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return options
}

function numberIn(text: string, least: number, most: number): number | undefined {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

function parseTime(text: string): number | undefined {
  const time = parseUnit(text, 'duration')
  return time === undefined || time === 0 ? undefined : time
}
