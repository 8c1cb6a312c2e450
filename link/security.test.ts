import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { noSecurity, readSecurity } from './security.ts'

const file = (name: string): string => fileURLToPath(new URL(`../test/fixtures/tls/${name}.pem`, import.meta.url))
const json = fileURLToPath(new URL('../package.json', import.meta.url))

test('nothing set is nothing asked', () => {
  expect(readSecurity({})).toEqual(noSecurity)
})

test('the files are read', () => {
  const { certificate, ca } = readSecurity({ cert: file('cert'), key: file('key'), ca: file('cert') })
  expect(certificate?.key).toContain('-----BEGIN PRIVATE KEY-----')
  expect(ca).toBe(certificate?.cert)
})

test.each([
  [{ cert: file('cert') }, 'link.cert is set and link.key is not; TLS needs both'],
  [{ key: file('key') }, 'link.key is set and link.cert is not; TLS needs both'],
  [{ ca: '/nowhere/ca.pem' }, 'link.ca is /nowhere/ca.pem, which cannot be read: ENOENT'],
  [{ ca: json }, 'which is no PEM file'],
])('%j is refused with the reason', (settings, message) => {
  expect(() => readSecurity(settings)).toThrow(message)
})
