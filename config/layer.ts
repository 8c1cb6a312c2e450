import type { ConfigProblem } from '../core/errors.ts'

import { describeAccepted } from './accepted.ts'
import type { ConfigKey, KeySchema } from './keys.ts'
import { configKeys } from './keys.ts'
import { nearest } from './suggest.ts'

/** Where a value was read, for errors and for `config print`. */
export interface Origin {
  /** The key as it was written there. */
  readonly key: string
  /** A place in a file, `environment`, `command line` or `default`. */
  readonly source: string
}

export interface Reading extends Origin {
  readonly value: unknown
}

/** What one source says, by the path of the key. */
export interface Layer {
  readonly readings: ReadonlyMap<string, Reading>
  readonly problems: readonly ConfigProblem[]
}

/** What stands for a secret wherever a value would be shown. */
export const hidden = '***'

/** The problem of a value that the schema refuses; `value` is what was written, or what is missing about it. */
export const refusal = (schema: KeySchema, origin: Origin, value: string): ConfigProblem => ({
  ...origin,
  value: schema.secret === true ? hidden : value,
  accepted: describeAccepted(schema),
})

/** The problem of a name that does not exist, under which names of its kind the known ones are shown. */
export function unknownName(
  origin: Origin,
  plainName: string,
  show: (key: ConfigKey) => string,
  others: readonly string[] = [],
): ConfigProblem {
  const candidates = [
    ...configKeys.map((key) => ({ name: key.path, show: show(key) })),
    ...others.map((name) => ({ name: name.replace(/^--/, ''), show: name })),
  ]
  return { ...origin, accepted: '"evenloop config schema" shows every key', suggestion: nearest(plainName, candidates) }
}
