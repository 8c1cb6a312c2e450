import { expect, test } from 'vitest'

import { type ForwardedInput, forwardedValues } from './forwarded.ts'

const forged = {
  host: 'shop.example',
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'admin.example',
  'x-request-id': 'chosen',
  forwarded: 'for=203.0.113.9',
}
const input = (more: Partial<ForwardedInput>): ForwardedInput => ({
  headers: forged,
  remoteAddress: '192.0.2.1',
  encrypted: false,
  trusted: false,
  newId: () => 'fresh',
  ...more,
})

test('what an untrusted client says of itself is replaced', () => {
  expect(forwardedValues(input({}))).toEqual({
    trusted: false,
    for: '192.0.2.1',
    proto: 'http',
    host: 'shop.example',
    requestId: 'fresh',
    forwarded: undefined,
  })
})

test('what a trusted proxy says is kept, and its address appended', () => {
  expect(forwardedValues(input({ trusted: true }))).toEqual({
    trusted: true,
    for: '203.0.113.9, 192.0.2.1',
    proto: 'https',
    host: 'admin.example',
    requestId: 'chosen',
    forwarded: 'for=203.0.113.9',
  })
})

test('a trusted proxy that says nothing is a client like others', () => {
  const values = forwardedValues(input({ trusted: true, headers: { host: 'shop.example' }, encrypted: true }))
  expect(values).toEqual({
    trusted: true,
    for: '192.0.2.1',
    proto: 'https',
    host: 'shop.example',
    requestId: 'fresh',
    forwarded: undefined,
  })
})

test('an IPv4 client of a socket that listens on :: is shown as IPv4', () => {
  expect(forwardedValues(input({ remoteAddress: '::ffff:192.0.2.1' })).for).toBe('192.0.2.1')
})

test('a client whose address is gone is unknown, and HTTP/1.0 may have no host', () => {
  expect(forwardedValues(input({ remoteAddress: undefined, headers: {} }))).toMatchObject({ for: 'unknown', host: undefined })
})

test.each([
  ['a space', 'a b'],
  ['a line break', 'a\nb'],
  ['letters beyond ASCII', 'é'],
  ['nothing', ''],
  ['more than 128 characters', 'x'.repeat(129)],
])('an id with %s is replaced even when trusted', (_, id) => {
  expect(forwardedValues(input({ trusted: true, headers: { 'x-request-id': id } })).requestId).toBe('fresh')
})
