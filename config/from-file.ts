import type { ConfigProblem } from '../core/errors.ts'

import type { ConfigFile } from './file.ts'
import type { KeySchema } from './keys.ts'
import { rootSchema } from './keys.ts'
import type { Layer, Reading } from './layer.ts'
import { refusal, unknownName } from './layer.ts'
import { checkValue, isPlainObject, printValue } from './value.ts'

/** Reads what a configuration file holds. */
export function readFileLayer(file: ConfigFile): Layer {
  const readings = new Map<string, Reading>()
  const problems: ConfigProblem[] = []

  const visit = (schema: KeySchema, value: unknown, path: readonly string[]): void => {
    // A group whose keys are all commented out is null in YAML.
    if (value === undefined || (value === null && (schema.properties !== undefined || path.length === 0))) return
    const origin = { key: path.join('.'), source: file.where(path) }
    if (schema.properties === undefined) {
      const outcome = checkValue(schema, value)
      if (outcome.ok) readings.set(origin.key, { ...origin, value: outcome.value })
      else problems.push(refusal(schema, origin, printValue(outcome.part ?? value)))
      return
    }
    if (!isPlainObject(value)) {
      problems.push(refusal(schema, path.length === 0 ? { ...origin, key: 'the configuration' } : origin, printValue(value)))
      return
    }
    for (const [name, inner] of Object.entries(value)) {
      const at = [...path, name]
      if (path.length === 0 && name === '$schema') continue
      if (Object.hasOwn(schema.properties, name)) visit(schema.properties[name]!, inner, at)
      else
        problems.push(
          unknownName(
            { key: at.join('.'), source: file.where(at) },
            at.join('.'),
            (key) => key.path,
            Object.keys(rootSchema.properties ?? {}),
          ),
        )
    }
  }

  visit(rootSchema, file.value, [])
  return { readings, problems }
}
