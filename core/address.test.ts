import fc from 'fast-check'
import { expect, test } from 'vitest'

import { type Address, formatAddress, formatHostPort, parseAddress, parseHostPort } from './address.ts'

test.each<[string, Address]>([
  ['link+unix:/run/a.sock', { lane: 'link', kind: 'unix', path: '/run/a.sock' }],
  ['http+unix:/run/a.sock', { lane: 'http', kind: 'unix', path: '/run/a.sock' }],
  ['http+unix:///run/a.sock', { lane: 'http', kind: 'unix', path: '/run/a.sock' }],
  ['http+unix:relative.sock', { lane: 'http', kind: 'unix', path: 'relative.sock' }],
  ['link+tcp://10.0.0.1:7400', { lane: 'link', kind: 'tcp', host: '10.0.0.1', port: 7400 }],
  ['http://localhost:3000', { lane: 'http', kind: 'tcp', host: 'localhost', port: 3000 }],
  ['http://localhost:3000/', { lane: 'http', kind: 'tcp', host: 'localhost', port: 3000 }],
  ['http://[::1]:3000', { lane: 'http', kind: 'tcp', host: '::1', port: 3000 }],
  ['dns+link://loops:7400', { lane: 'link', kind: 'dns', name: 'loops', port: 7400 }],
  ['dns+http://loops.svc:80', { lane: 'http', kind: 'dns', name: 'loops.svc', port: 80 }],
])('%s is an address', (text, address) => {
  expect(parseAddress(text)).toEqual(address)
})

test.each([
  '',
  'a',
  'unix:/a',
  'http:/a:1',
  'https://a:1',
  'http://a',
  'http://a:65536',
  'http://a:1/path',
  'http+unix:',
  'link://a:1',
  'http://a b:1',
  'http://a:-1',
])('%j is none', (text) => {
  expect(parseAddress(text)).toBeUndefined()
})

test('a unix path too long for the system is none, counted in bytes', () => {
  expect(parseAddress(`http+unix:/${'x'.repeat(106)}`)).toBeDefined()
  expect(parseAddress(`http+unix:/${'x'.repeat(107)}`)).toBeUndefined()
  expect(parseAddress(`http+unix:/${'é'.repeat(54)}`)).toBeUndefined()
})

test('what is written out is read back', () => {
  const lane = fc.constantFrom('link' as const, 'http' as const)
  const port = fc.integer({ min: 0, max: 65_535 })
  const host = fc.oneof(fc.ipV4(), fc.constantFrom('::1', 'fd00::12', 'loops', 'a.b-c.example'))
  const address: fc.Arbitrary<Address> = fc.oneof(
    fc.record({
      lane,
      kind: fc.constant('unix' as const),
      path: fc.stringMatching(/^\/[a-z0-9./-]{1,60}$/).filter((path) => !path.startsWith('//')),
    }),
    fc.record({ lane, kind: fc.constant('tcp' as const), host, port }),
    fc.record({ lane, kind: fc.constant('dns' as const), name: host, port }),
  )
  fc.assert(
    fc.property(address, (one) => {
      expect(parseAddress(formatAddress(one))).toEqual(one)
    }),
  )
})

test('HOST:PORT may leave out the host', () => {
  expect(parseHostPort('8080')).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(parseHostPort(':8080')).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(parseHostPort('[::]:0')).toEqual({ host: '::', port: 0 })
  for (const text of ['', 'a', 'a:', '::1:80', 'a:b', 'a:99999', 'a/b:1']) expect(parseHostPort(text)).toBeUndefined()
})

test('a host with colons is written in brackets', () => {
  expect(formatHostPort('::1', 80)).toBe('[::1]:80')
  expect(formatHostPort('a', 80)).toBe('a:80')
})
