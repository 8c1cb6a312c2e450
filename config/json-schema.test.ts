import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { configJsonSchema } from './json-schema.ts'
import { configKeys } from './keys.ts'
import { configReference } from './reference.ts'

describe('the JSON Schema', () => {
  const schema = configJsonSchema() as { properties: Record<string, { properties?: Record<string, unknown> }> }

  it('is of draft 2020-12, refuses unknown keys and takes a $schema key', () => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: { $schema: { type: 'string' } },
    })
  })

  it('has every key with its description, and requires none', () => {
    for (const { path, section, schema: key } of configKeys) {
      const group = section === undefined ? schema.properties : schema.properties[section]?.properties
      expect(group?.[path.split('.').at(-1)!], path).toMatchObject({ description: key.description })
    }
    expect(JSON.stringify(schema)).not.toContain('"required"')
  })

  it('has only keywords that strict validators know', () => {
    const known = new Set([
      'type',
      'enum',
      'anyOf',
      'minimum',
      'maximum',
      'minLength',
      'pattern',
      'patternProperties',
      'items',
      'description',
      'default',
    ])
    const leaves = Object.values(schema.properties).flatMap((entry) =>
      entry.properties === undefined ? [entry] : Object.values(entry.properties),
    )
    expect(leaves.flatMap((leaf) => Object.keys(leaf as object)).filter((keyword) => !known.has(keyword))).toEqual([])
  })
})

describe('docs/configuration.md', () => {
  it('is up to date with the schema (if not: npm run docs)', () => {
    const text = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8')
    expect(text).toContain(`-->\n\n${configReference()}\n\n<!-- keys: end -->`)
  })
})
