import fc from 'fast-check'
import { expect, test } from 'vitest'

import { pathName } from './path-name.ts'

test.each([
  ['/', '/'],
  ['', '/'],
  ['*', '*'],
  ['/users?name=a', '/users'],
  ['/users/42/orders/7', '/users/:id/orders/:id'],
  ['/users/9b2f1c3e-8d4a-4f6b-9c1d-2e3f4a5b6c7d', '/users/:id'],
  ['/blobs/9f86d081884c7d65', '/blobs/:id'],
  ['/orders/order-12345', '/orders/:id'],
  ['/mail/a@b.example', '/mail/:id'],
  ['/search/caf%C3%A9', '/search/:id'],
  ['/files/0123456789abcdefghijklmnopqrstuvwxyz', '/files/:id'],
  ['/api/v2/report-2024/deadbeef', '/api/v2/report-2024/deadbeef'],
  ['/a/b/c/d/e/f/g/h/i/j', '/a/b/c/d/e/f/g/h/*'],
  ['//double//slashes', '//double//slashes'],
])('%s is named %s', (url, name) => {
  expect(pathName(url)).toBe(name)
})

test('requests that differ in numbers and query only have one name, and a name is its own name', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.webQueryParameters(), (a, b, query) => {
      expect(pathName(`/users/${a}?${query}`)).toBe(pathName(`/users/${b}`))
      expect(pathName(pathName(`/users/${a}`))).toBe(pathName(`/users/${a}`))
    }),
  )
})
