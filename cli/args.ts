import { parseAddress } from '../core/address.ts'
import { ConfigError, type ConfigProblem, UsageError } from '../core/errors.ts'

import type { GivenFlag } from '../config/from-flags.ts'
import { nearest } from '../config/suggest.ts'

/** A flag of one command that is no key of the configuration. */
export interface OwnFlag {
  readonly name: string
  /** What its value is called in the help; a flag without is a switch. */
  readonly value?: string
  /** It may stand alone; its value then follows an equals sign, for the next word may be something else. */
  readonly valueIsOptional?: boolean
  /** Takes further ADDRESSes after its first value, and may be repeated. */
  readonly isList?: boolean
  readonly description: string
}

export interface Args {
  readonly positionals: readonly string[]
  /** The command's own flags; a switch has no values. */
  readonly own: ReadonlyMap<string, readonly string[]>
  /** Everything else that looks like a flag, in order: keys of the configuration, and mistakes. */
  readonly flags: readonly GivenFlag[]
}

/**
 * Splits a command line. `--name value` and `--name=value` are the same; everything after `--` is positional.
 * @throws ConfigError when one of the command's own flags lacks its value, or has one that it does not take
 */
export function parseArgs(argv: readonly string[], ownFlags: readonly OwnFlag[]): Args {
  const positionals: string[] = []
  const own = new Map<string, string[]>()
  const flags: GivenFlag[] = []
  const problems: ConfigProblem[] = []
  const rest = [...argv]
  const next = (): string | undefined => (rest[0] === undefined || rest[0].startsWith('--') ? undefined : rest.shift())

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      positionals.push(...rest.splice(0))
      continue
    }
    if (!isFlag(word)) {
      positionals.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const name = equals === -1 ? word : word.slice(0, equals)
    const inline = equals === -1 ? undefined : word.slice(equals + 1)
    const flag = ownFlags.find((known) => known.name === name)
    if (flag === undefined) {
      flags.push({ name, value: inline ?? next() })
      continue
    }
    const values = own.get(name) ?? []
    own.set(name, values)
    if (flag.value === undefined) {
      if (inline !== undefined)
        problems.push({ key: name, source: 'command line', value: inline, accepted: `${name} alone, it takes no value` })
      continue
    }
    if (flag.valueIsOptional === true && inline === undefined) continue
    const value = inline ?? next()
    if (value === undefined || value === '') {
      problems.push({ key: name, source: 'command line', value: 'without a value', accepted: flag.value })
      continue
    }
    values.push(value)
    while (flag.isList === true && rest[0] !== undefined && parseAddress(rest[0]) !== undefined) values.push(rest.shift()!)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { positionals, own, flags }
}

// `-p` is a mistake to be named as one, not an app; a lone dash and negative numbers are values.
const isFlag = (word: string): boolean => /^(--|-[a-zA-Z])/.test(word)

/**
 * Refuses flags that a command without configuration does not know.
 * @throws ConfigError
 */
export function refuseUnknown(args: Args, ownFlags: readonly OwnFlag[], command: string): void {
  const known = ownFlags.map(({ name }) => ({ name: name.slice(2), show: name }))
  const problems = args.flags.map(({ name }) => ({
    key: name,
    source: 'command line',
    accepted: `"${command} --help" lists the flags`,
    suggestion: nearest(name.replace(/^-+/, ''), known),
  }))
  if (problems.length > 0) throw new ConfigError(problems)
}

/**
 * Refuses words beyond those that a command takes.
 * @throws UsageError
 */
export function refuseExtra(positionals: readonly string[], taken: number, usage: string): void {
  const extra = positionals[taken]
  if (extra !== undefined) throw new UsageError(`command line: "${extra}" is one argument too many; accepted: ${usage}`)
}
