import { configKeys, type KeySchema, rootSchema } from './keys.ts'

/**
 * The JSON Schema (draft 2020-12) of a configuration file, for editors. Nothing is required, since every key has a
 * default or may come from a flag.
 */
export function configJsonSchema(): Record<string, unknown> {
  const properties: Record<string, unknown> = { $schema: { type: 'string', description: 'Where this schema is, for editors.' } }
  for (const [name, schema] of Object.entries(rootSchema.properties ?? {})) {
    properties[name] = schema.properties === undefined ? forEditors(schema) : section(name)
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'evenloop configuration',
    type: 'object',
    properties,
    additionalProperties: false,
  }
}

function section(name: string): Record<string, unknown> {
  const keys = configKeys.filter((key) => key.section === name)
  const properties = Object.fromEntries(keys.map((key) => [key.path.slice(name.length + 1), forEditors(key.schema)]))
  return { type: 'object', properties, additionalProperties: false }
}

// `unit`, `range`, `accepts` and `secret` are ours: validators in strict mode refuse keywords that they do not know.
function forEditors({
  unit: _unit,
  range: _range,
  accepts: _accepts,
  secret: _secret,
  anyOf,
  ...schema
}: KeySchema): Record<string, unknown> {
  return anyOf === undefined ? schema : { anyOf: anyOf.map(forEditors), ...schema }
}
