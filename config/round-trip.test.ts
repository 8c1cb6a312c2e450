import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type ConfigKey, configKeys, type KeySchema } from './keys.ts'
import { loadSettings } from './load.ts'
import { Settings } from './schema.ts'
import { formatUnit } from './units.ts'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))
  writeFileSync(join(cwd, 'app.js'), '')
})
afterAll(() => rmSync(cwd, { recursive: true }))

/** Values that a key accepts, as the program holds them. */
function valuesOf(path: string, schema: KeySchema): fc.Arbitrary<unknown> {
  const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    app: fc.constant(join(cwd, 'app.js')),
    command: fc.constantFrom('serve {port}', 'serve --uds {socket} a,b'),
    listen: fc.constantFrom('127.0.0.1:0', '[::1]:8080', 'localhost:80'),
    admin: fc.constantFrom('off', '0.0.0.0:9400'),
    adminToken: fc.constantFrom('0123456789abcdef', '{"a,b":=;~!}/--and-more'),
    loops: fc.oneof(
      fc.integer({ min: 1, max: 1_024 }),
      fc.constant('auto'),
      fc
        .tuple(fc.integer({ min: 1, max: 64 }), fc.oneof(fc.integer({ min: 64, max: 1_024 }), fc.constant('auto')))
        .map(([min, max]) => ({ min, max })),
    ),
    lane: fc.constantFrom('auto', 'http', 'link'),
    trustedProxies: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '::1', 'fe80::/10', '192.0.2.7')),
    'health.path': fc.constantFrom('/', '/ready?x=1'),
    'link.secret': fc.constantFrom('0123456789abcdef', 'a, b = {c} and more of it'),
    'link.cert': fc.constant(join(cwd, 'app.js')),
    'link.key': fc.constant(join(cwd, 'app.js')),
    'link.ca': fc.constant(join(cwd, 'app.js')),
    'sticky.name': fc.constantFrom('sid', 'x-user'),
    routes: fc.dictionary(
      fc.constantFrom('/', '/search', 'POST /reports/:id', 'GET /a=b,c/*'),
      fc.constantFrom('blocking', 'async', 'low', 'blocking low', 'high async'),
    ),
    'rateLimit.header': fc.constantFrom('authorization', 'X-Api-Key'),
    'accessLog.file': fc.constantFrom('-', join(cwd, 'access.log')),
  }
  const given = special[path]
  if (given !== undefined) return given
  if (schema.type === 'number')
    return fc.constantFrom(...[0, 0.25, 1].filter((value) => value >= (schema.minimum ?? 0) && value <= (schema.maximum ?? 1)))
  const whole = fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 2 ** 40, 2 ** 40) })
  if (schema.unit !== undefined) return whole
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((form) => valuesOf('', form)))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.patternProperties !== undefined) return fc.dictionary(fc.stringMatching(/^[A-Z]+$/), fc.stringMatching(/^[a-z=]*$/))
  if (schema.type === 'integer') return whole
  // As JSON text can say it: -0 has no form of its own there.
  return fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
}

/** The text that stands for a value in a flag or a variable. */
function textOf(schema: KeySchema, value: unknown): string {
  if (schema.unit !== undefined) return formatUnit(value as number, schema.unit)
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What must be said beside a key: a certificate is nothing without its private key. */
const beside: Readonly<Record<string, string>> = { 'link.cert': '--link-key', 'link.key': '--link-cert' }

const nested = (path: string, value: unknown): unknown => path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value)
const read = (settings: unknown, path: string): unknown =>
  path.split('.').reduce((group, name) => (group as Record<string, unknown>)[name], settings)

async function load(key: ConfigKey, value: unknown, from: 'flag' | 'variable' | 'file'): Promise<unknown> {
  const text = textOf(key.schema, value)
  const file = join(cwd, 'given.json')
  writeFileSync(file, JSON.stringify(from === 'file' ? nested(key.path, value) : {}))
  const other = beside[key.path]
  const { settings } = await loadSettings({
    flags: [
      ...(from === 'flag' ? [{ name: key.flag, value: text }] : []),
      ...(other === undefined ? [] : [{ name: other, value: 'app.js' }]),
    ],
    env: from === 'variable' ? { [key.variable]: text } : {},
    cwd,
    configFile: file,
    app: 'optional',
  })
  expect([...Value.Errors(Settings, withoutUnits(settings))]).toEqual([])
  return read(settings, key.path)
}

const withoutUnits = (settings: Settings): unknown => JSON.parse(JSON.stringify(settings))

describe.each(['flag', 'variable', 'file'] as const)('a key read from a %s', (from) => {
  it.each(configKeys.map((key) => [key.path, key] as const))('%s arrives as it was meant', async (_, key) => {
    const values = valuesOf(key.path, key.schema).filter((value) => from === 'file' || textOf(key.schema, value) !== '')
    await fc.assert(
      fc.asyncProperty(values, async (value) => void expect(await load(key, value, from)).toEqual(value)),
      { numRuns: 8 },
    )
  })
})
