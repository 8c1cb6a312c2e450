import fc from 'fast-check'
import { expect, test } from 'vitest'

import { headerNames } from '../link/header-names.ts'
import { lookUpField } from './field-lookup.ts'
import { fieldKind, kindOfName } from './head-tables.ts'

function lookUp(name: string): { kind: number; id: number } {
  // Not at the start of its buffer, and with bytes behind it.
  const bytes = Buffer.from(`\xff${name}: x`, 'latin1')
  const found = lookUpField(bytes, 1, 1 + name.length)
  return { kind: found & 0xff, id: found >> 8 }
}

function kindOf(name: string): number {
  const lower = name.toLowerCase()
  if (lower.startsWith('x-forwarded-')) return fieldKind.xForwarded
  if (lower.startsWith('evenloop-')) return fieldKind.evenloop
  return Object.hasOwn(kindOfName, lower) ? kindOfName[lower]! : fieldKind.other
}

test('each spelling of the table is found under its number', () => {
  for (const [id, name] of headerNames.entries()) if (id > 0) expect([name, lookUp(name)]).toEqual([name, { kind: kindOf(name), id }])
})

test('a name in another spelling keeps its kind and has no number', () => {
  for (const name of [...Object.keys(kindOfName), ...headerNames.slice(1)]) {
    const strange = name.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    )
    if (!headerNames.includes(strange)) expect([strange, lookUp(strange)]).toEqual([strange, { kind: kindOf(name), id: 0 }])
  }
})

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~"
const anyName = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 40 }).map((all) => all.join(''))
const likeKnown = fc
  .tuple(
    fc.constantFrom(...headerNames.slice(1), ...Object.keys(kindOfName), 'Evenloop-', 'x-forwarded-', 'X-Forwarded-Server'),
    fc.nat(),
    fc.constantFrom('', ...letters),
  )
  .map(([name, at, letter]) => name.slice(0, at % name.length) + letter + name.slice((at % name.length) + 1))
  .filter((name) => name !== '')

test('any name is what it says, and nothing that only resembles it', () => {
  fc.assert(
    fc.property(fc.oneof(anyName, likeKnown), (name) => {
      expect(lookUp(name)).toEqual({ kind: kindOf(name), id: Math.max(0, headerNames.indexOf(name)) })
    }),
    { numRuns: 2_000 },
  )
})
