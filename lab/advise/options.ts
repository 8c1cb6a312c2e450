import { parseArgs } from 'node:util'

import { parseUnit } from '../../config/units.ts'
import { FlagReader, numberIn } from '../engine/flag-reader.ts'

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
  /** Of each kind so many larger ones are run, too. */
  readonly larger: number
  /** How many sync workers are tried. */
  readonly syncCounts: readonly number[]
}

const thorough: Pace = { probeSeconds: 2, seconds: 5, trials: 3, larger: 2, syncCounts: [1, 2, 4, 8, 16] }
// A single run of each would not tell larger ones apart.
const quick: Pace = { probeSeconds: 0.8, seconds: 4, trials: 1, larger: 0, syncCounts: [1, 2, 4] }

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
  const flags = new FlagReader()
  const pace = values.quick ? quick : thorough
  const [app] = positionals
  if (values.observe && app !== undefined)
    flags.refuse('--observe', `given with an app (${app})`, 'one of both: a running cluster has its app')
  if (values.observe && values.workload !== undefined)
    flags.refuse('--workload', values.workload, 'none with --observe, which takes the requests that come')
  for (const name of ['admin', 'admin-token'] as const)
    if (!values.observe && values[name] !== undefined)
      flags.refuse(`--${name}`, 'given without --observe', 'it only where a running cluster is observed')
  const options: AdviseOptions = {
    app,
    config: values.config,
    workload: values.workload,
    rate: flags.read<number | undefined>(
      '--rate',
      values.rate,
      undefined,
      (text) => numberIn(text, 0.1, 1e6),
      'requests per second, 0.1 to 1000000',
    ),
    p99Ms: flags.read<number | undefined>('--p99', values.p99, undefined, parseTime, 'a time, for instance 50ms or 2s'),
    pace: {
      ...pace,
      seconds: flags.read('--seconds', values.seconds, pace.seconds, (text) => numberIn(text, 1, 3_600), 'seconds, 1 to 3600'),
    },
    html: flags.output('--html', values.html),
    json: flags.output('--json', values.json),
    observe: values.observe,
    admin: values.admin,
    adminToken: values['admin-token'],
  }
  flags.end()
  return options
}

function parseTime(text: string): number | undefined {
  const time = parseUnit(text, 'duration')
  return time === undefined || time === 0 ? undefined : time
}
