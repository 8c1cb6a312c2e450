import type { ConfigProblem } from '../core/errors.ts'

import { configKeys } from './keys.ts'
import type { Layer, Reading } from './layer.ts'
import { refusal, unknownName } from './layer.ts'
import { readText } from './value.ts'

/** Names that evenloop itself sets for its processes, and the one that names the file. */
const reserved: ReadonlySet<string> = new Set(['EVENLOOP_LOOP_ID', 'EVENLOOP_REPORT', 'EVENLOOP_CHILD', 'EVENLOOP_CONFIG'])

const byVariable = new Map(configKeys.map((key) => [key.variable, key]))

/** Reads the `EVENLOOP_*` variables. An empty one counts as not set: `EVENLOOP_LOOPS=${LOOPS:-}` is how compose files leave a choice open. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Layer {
  const readings = new Map<string, Reading>()
  const problems: ConfigProblem[] = []
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('EVENLOOP_') || reserved.has(name) || text === undefined || text === '') continue
    const origin = { key: name, source: 'environment' }
    const key = byVariable.get(name)
    if (key === undefined) {
      problems.push(unknownName(origin, name.slice('EVENLOOP_'.length), (known) => known.variable, ['EVENLOOP_CONFIG']))
      continue
    }
    const outcome = readText(key.schema, text)
    if (outcome.ok) readings.set(key.path, { ...origin, value: outcome.value })
    else problems.push(refusal(key.schema, origin, text))
  }
  return { readings, problems }
}
