import { expect, test } from 'vitest'

import { askedAddress, pretendedAddress } from './asked-address.ts'

test.each([
  [[3000], { port: 3000, host: undefined }],
  [['3000', '0.0.0.0'], { port: 3000, host: '0.0.0.0' }],
  [[3000, () => undefined], { port: 3000, host: undefined }],
  [[{ port: 80, host: '::' }], { port: 80, host: '::' }],
  [[{ port: '80' }], { port: 80, host: undefined }],
  [['/run/app.sock'], { path: '/run/app.sock' }],
  [[{ path: '/run/app.sock' }], { path: '/run/app.sock' }],
  [[], { port: 0, host: undefined }],
  [[() => undefined], { port: 0, host: undefined }],
  [[undefined, 'localhost'], { port: 0, host: 'localhost' }],
])('reads listen(%j)', (args, asked) => {
  expect(askedAddress(args)).toEqual(asked)
})

test('a program is told the public address where it is known, else what it asked for', () => {
  expect(pretendedAddress({ port: 3000 }, { host: '127.0.0.1', port: 8080 })).toEqual({ address: '127.0.0.1', family: 'IPv4', port: 8080 })
  expect(pretendedAddress({ port: 3000, host: '::' }, undefined)).toEqual({ address: '::', family: 'IPv6', port: 3000 })
  expect(pretendedAddress({ path: '/run/app.sock' }, { host: '127.0.0.1', port: 8080 })).toBe('/run/app.sock')
})
