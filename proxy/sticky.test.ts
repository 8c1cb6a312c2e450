import fc from 'fast-check'
import { expect, test } from 'vitest'

import { stickyKey } from './sticky.ts'

const byCookie = { by: 'cookie', name: 'evenloop' } as const
const newId = () => 'fresh'

test.each([
  ['alone', 'evenloop=me'],
  ['among others', 'a=b; evenloop=me; c=d'],
  ['without spaces', 'a=b;evenloop=me;c=d'],
  ['before one of the same name', 'evenloop=me; evenloop=you'],
  ['after a longer name', 'evenloops=you; xevenloop=you; evenloop=me'],
])('the cookie is found %s', (_, cookie) => {
  expect(stickyKey(byCookie, { cookie }, undefined, newId)).toEqual({ key: 'me', setCookie: undefined })
})

test.each([undefined, '', 'other=1', 'evenloop=', 'evenloop', 'evenloopx=1'])('a client with the cookies %j gets one', (cookie) => {
  expect(stickyKey(byCookie, cookie === undefined ? {} : { cookie }, undefined, newId)).toEqual({
    key: 'fresh',
    setCookie: 'evenloop=fresh; Path=/; HttpOnly; SameSite=Lax',
  })
})

test('a client that sends the cookie back sticks to the same key', () => {
  const { key, setCookie } = stickyKey(byCookie, {}, undefined, newId)
  expect(stickyKey(byCookie, { cookie: setCookie!.split(';')[0]! }, undefined, newId).key).toBe(key)
})

test('no cookie header breaks it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('evenloop', '=', ';', ' ', 'x')), (parts) => {
      expect(stickyKey(byCookie, { cookie: parts.join('') }, undefined, newId).key).toMatch(/./)
    }),
  )
})

test('a header of any case, or the address', () => {
  const byHeader = { by: 'header', name: 'X-User' } as const
  expect(stickyKey(byHeader, { 'x-user': 'me' }, undefined, newId)).toEqual({ key: 'me', setCookie: undefined })
  expect(stickyKey(byHeader, {}, '192.0.2.1', newId).key).toBeUndefined()
  expect(stickyKey({ by: 'address', name: 'evenloop' }, {}, '192.0.2.1', newId).key).toBe('192.0.2.1')
})
