import type { KeySchema } from './keys.ts'
import { formatUnit } from './units.ts'

/** What a value is called in help and tables: `sync|async|hybrid`, `N|auto`, `TIME`. */
export function placeholder(schema: KeySchema): string {
  if (schema.unit !== undefined) return schema.unit === 'duration' ? 'TIME' : 'SIZE'
  if (schema.range === true) return 'MIN..MAX'
  if (schema.anyOf !== undefined) return schema.anyOf.map(placeholder).join('|')
  if (schema.enum !== undefined) return schema.enum.join('|')
  if (schema.patternProperties !== undefined) return 'NAME=VALUE'
  if (schema.accepts?.startsWith('HOST:PORT') === true) return 'HOST:PORT'
  const byType: Readonly<Record<string, string>> = { integer: 'N', number: 'N', array: 'LIST', object: 'JSON' }
  return byType[String(schema.type)] ?? 'TEXT'
}

/** The default as one would write it: `30s`, `16KiB`, `auto`; undefined where there is none. */
export function printDefault(schema: KeySchema): string | undefined {
  const { default: value, unit } = schema
  if (unit !== undefined && typeof value === 'number') return formatUnit(value, unit)
  if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) return undefined
  return String(value)
}
