import type { ConfigProblem } from '../core/errors.ts'

import type { ConfigKey } from './keys.ts'
import { configKeys } from './keys.ts'
import type { Layer, Reading } from './layer.ts'
import { refusal, unknownName } from './layer.ts'
import { isPlainObject, readText } from './value.ts'

/** One flag as it was given, in the order of the command line. */
export interface GivenFlag {
  /** With its dashes: `--loops`. */
  readonly name: string
  /** Undefined where the command line ended, or went on with another flag. */
  readonly value: string | undefined
  /** What to call it in errors, where it was not written as a flag: `APP`. */
  readonly shownAs?: string
}

/** Which flags a command takes; the rest of the keys still come from its file and environment. */
export interface FlagScope {
  readonly takes: (key: ConfigKey) => boolean
  /** Flags of the command that are no keys, for suggestions. */
  readonly others: readonly string[]
  /** The command, as people write it: `evenloop loop`. */
  readonly command: string
}

const byFlag = new Map(configKeys.map((key) => [key.flag, key]))

/** Reads the flags. Lists and names with values add up when given several times; of everything else the last one counts. */
export function readFlags(given: readonly GivenFlag[], scope: FlagScope): Layer {
  const readings = new Map<string, Reading>()
  const problems: ConfigProblem[] = []
  for (const { name, value: text, shownAs } of given) {
    const origin = { key: shownAs ?? name, source: 'command line' }
    const key = byFlag.get(name)
    if (key === undefined) {
      problems.push(unknownName(origin, name.replace(/^-+/, ''), (known) => known.flag, scope.others))
    } else if (!scope.takes(key)) {
      problems.push({ ...origin, accepted: `${scope.command} has no use for it, see ${scope.command} --help` })
    } else if (text === undefined) {
      problems.push({ ...refusal(key.schema, origin, ''), value: 'without a value' })
    } else {
      const outcome = readText(key.schema, text)
      if (outcome.ok) readings.set(key.path, { ...origin, value: together(readings.get(key.path)?.value, outcome.value) })
      else problems.push({ ...refusal(key.schema, origin, text), ...(text === '' ? { value: 'empty' } : {}) })
    }
  }
  return { readings, problems }
}

function together(before: unknown, now: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(now)) return [...before, ...now]
  return isPlainObject(before) && isPlainObject(now) ? { ...before, ...now } : now
}
