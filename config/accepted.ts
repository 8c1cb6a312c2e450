import type { KeySchema } from './keys.ts'
import { formatUnit } from './units.ts'

/** What a key accepts, as a phrase: `a whole number from 1 to 1024, or auto`. */
export function describeAccepted(schema: KeySchema): string {
  if (schema.accepts !== undefined) return schema.accepts
  if (schema.unit !== undefined) return describeAmount(schema, schema.unit)
  if (schema.anyOf !== undefined) {
    const forms = schema.anyOf.map(describeAccepted)
    return `${forms.slice(0, -1).join(', ')}, or ${forms.at(-1)}`
  }
  if (schema.enum !== undefined) return list(schema.enum)
  if (schema.patternProperties !== undefined) return 'names with text values, for instance A=1,B=2 or {"A":"1"}'
  switch (schema.type) {
    case 'integer':
      return range('a whole number', schema)
    case 'number':
      return range('a number', schema)
    case 'array':
      return 'a list'
    case 'object':
      return schema.properties === undefined ? 'an object' : `a group of the keys ${Object.keys(schema.properties).join(', ')}`
    default:
      return (schema.minLength ?? 0) > 0 ? 'text that is not empty' : 'text'
  }
}

function describeAmount(schema: KeySchema, unit: 'duration' | 'size'): string {
  const example =
    unit === 'duration'
      ? 'a time such as 500ms, 30s, 5m or 1h, or milliseconds as a number'
      : 'an amount such as 512B, 64KiB, 8MiB or 1GiB, or bytes as a number'
  const least = (schema.minimum ?? 0) > 0 ? `, at least ${formatUnit(schema.minimum!, unit)}` : ''
  const most = schema.maximum === undefined ? '' : `, at most ${unit === 'duration' ? '24 days' : formatUnit(schema.maximum, unit)}`
  return example + least + most
}

function range(what: string, { minimum, maximum }: KeySchema): string {
  if (minimum !== undefined && minimum === maximum) return String(minimum)
  if (minimum !== undefined && maximum !== undefined) return `${what} from ${minimum} to ${maximum}`
  return minimum === undefined ? what : `${what}, ${minimum} or more`
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`
