import type { KeySchema } from './keys.ts'
import { parseUnit } from './units.ts'

/** What became of a value: as the program holds it (milliseconds, bytes), or not accepted. */
export type Outcome = { readonly ok: true; readonly value: unknown } | Refused

interface Refused {
  readonly ok: false
  /** The part of it that is wrong, where the rest is right. */
  readonly part?: unknown
}

const refused: Refused = { ok: false }
const taken = (value: unknown): Outcome => ({ ok: true, value })

/** Reads the text of a flag or a variable. */
export function readText(schema: KeySchema, text: string): Outcome {
  if (schema.patternProperties !== undefined) return checkValue(schema, text.startsWith('{') ? parseJson(text) : parsePairs(text))
  const types = typesOf(schema)
  if (types.includes('array')) return checkValue(schema, splitList(text))
  if (types.includes('object') && (types.length === 1 || text.startsWith('{'))) return checkValue(schema, parseJson(text))
  const isNumeric = types.includes('integer') || types.includes('number')
  return checkValue(schema, isNumeric && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)
}

/** Checks a value as a file holds it. */
export function checkValue(schema: KeySchema, value: unknown): Outcome {
  if (schema.unit !== undefined) {
    const amount = typeof value === 'string' ? parseUnit(value, schema.unit) : value
    return isNumber(amount, schema, true) ? taken(amount) : refused
  }
  if (schema.range === true) return checkRange(schema.properties ?? {}, value)
  if (schema.anyOf !== undefined) return schema.anyOf.map((form) => checkValue(form, value)).find((outcome) => outcome.ok) ?? refused
  if (schema.enum !== undefined) return typeof value === 'string' && schema.enum.includes(value) ? taken(value) : refused
  if (schema.patternProperties !== undefined) return checkEntries(Object.entries(schema.patternProperties), value)
  switch (schema.type) {
    case 'integer':
      return isNumber(value, schema, true) ? taken(value) : refused
    case 'number':
      return isNumber(value, schema, false) ? taken(value) : refused
    case 'array':
      return Array.isArray(value) && value.every((entry) => checkValue(schema.items ?? {}, entry).ok) ? taken(value) : refused
    case 'object':
      return isPlainObject(value) ? taken(value) : refused
    default:
      return isText(value, schema) ? taken(value) : refused
  }
}

/** `2..8`, or both ends by name; one that is left out is its default. */
function checkRange({ min = {}, max = {} }: Readonly<Record<string, KeySchema>>, value: unknown): Outcome {
  const given = typeof value === 'string' ? splitRange(value) : value
  if (!isPlainObject(given) || Object.keys(given).some((end) => end !== 'min' && end !== 'max')) return refused
  const whole = { min: given['min'] ?? min.default, max: given['max'] ?? max.default }
  if (!checkValue(min, whole.min).ok || !checkValue(max, whole.max).ok) return refused
  return typeof whole.max === 'number' && Number(whole.min) > whole.max ? refused : taken(whole)
}

/** Names with values, of which each must be of a form that the schema knows. */
function checkEntries(forms: readonly (readonly [string, KeySchema])[], value: unknown): Outcome {
  if (!isPlainObject(value)) return refused
  const wrong = Object.entries(value).filter(
    ([name, entry]) => !forms.some(([pattern, schema]) => new RegExp(pattern).test(name) && checkValue(schema, entry).ok),
  )
  return wrong.length === 0 ? taken(value) : { ok: false, part: Object.fromEntries(wrong) }
}

/** A value for people: text as it is, everything else as JSON, and not more than a line of it. */
export function printValue(value: unknown): string {
  const text = typeof value === 'function' || typeof value === 'bigint' ? `a ${typeof value}` : (JSON.stringify(value) ?? String(value))
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const typesOf = (schema: KeySchema): readonly string[] =>
  schema.anyOf !== undefined ? schema.anyOf.flatMap(typesOf) : typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])

function isNumber(value: unknown, { minimum = -Infinity, maximum = Infinity }: KeySchema, isWhole: boolean): boolean {
  return (
    typeof value === 'number' && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) && value >= minimum && value <= maximum
  )
}

function isText(value: unknown, { minLength = 0, pattern = '' }: KeySchema): boolean {
  return typeof value === 'string' && value.length >= minLength && new RegExp(pattern).test(value)
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** `A=1,B=2`; undefined where a part has no name. */
function parsePairs(text: string): Record<string, string> | undefined {
  const pairs = splitList(text).map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair.slice(pair.indexOf('=') + 1)] as const)
  return pairs.every(([name]) => name !== '') ? Object.fromEntries(pairs) : undefined
}

/** The ends of `2..8` or `2..auto`; undefined where the text is no range. */
function splitRange(text: string): Record<string, unknown> | undefined {
  const [, min, max] = /^(\d+)\.\.(\d+|auto)$/.exec(text) ?? []
  return max === undefined ? undefined : { min: Number(min), max: max === 'auto' ? max : Number(max) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
