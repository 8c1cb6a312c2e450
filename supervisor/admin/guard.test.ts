import { expect, test } from 'vitest'

import { refuse } from './guard.ts'

const get = (host: string | undefined) => ({ method: 'GET', host, origin: undefined, contentType: undefined })
const post = (change: object = {}) => ({
  method: 'POST',
  host: 'localhost:9400',
  origin: undefined,
  contentType: 'application/json',
  ...change,
})

test.each(['localhost', 'localhost:9400', '127.0.0.1:9400', '127.8.9.1', '[::1]:9400', 'evenloop.localhost:1', 'LOCALHOST'])(
  'host %s is this machine',
  (host) => {
    expect(refuse(get(host), true)).toBeUndefined()
  },
)

test.each([undefined, '', 'example.org', '127.0.0.1.example.org', '10.0.0.1:9400', 'localhost:9400@evil', '[::2]', 'localhost, evil'])(
  'host %s is not',
  (host) => {
    expect(refuse(get(host), true)?.status).toBe(403)
  },
)

test('an API that listens beyond the loopback cannot know its names', () => {
  for (const host of ['example.org:9400', 'my_service', '10.0.0.1:9400', '[fe80::1]', undefined])
    expect(refuse(get(host), false)).toBeUndefined()
})

test.each(['', 'a b', 'example.org:9400@evil', 'http://example.org', 'a, b', 'a:b'])('host %s is a name nowhere', (host) => {
  expect(refuse(get(host), false)?.status).toBe(403)
})

test('a change needs JSON, which a form of another page cannot send', () => {
  expect(refuse(post(), true)).toBeUndefined()
  expect(refuse(post({ contentType: 'application/json; charset=utf-8' }), true)).toBeUndefined()
  for (const contentType of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain;application/json']) {
    expect(refuse(post({ contentType }), true)?.status).toBe(415)
  }
})

test('a change by hand, without body and origin, needs no content type; one of a page does', () => {
  expect(refuse(post({ contentType: undefined, origin: undefined }), true)).toBeUndefined()
  expect(refuse(post({ contentType: undefined, origin: 'http://localhost:9400' }), true)?.status).toBe(415)
})

test('a change from a page of another origin is refused, also without the loopback', () => {
  expect(refuse(post({ origin: 'http://localhost:9400' }), true)).toBeUndefined()
  for (const origin of ['http://evil.example', 'http://localhost:3000', 'null', 'localhost:9400'])
    expect(refuse(post({ origin }), false)?.status).toBe(403)
})
