import { expect, test } from 'vitest'

import { noSecurity } from '../../link/security.ts'
import { serveTarget } from '../serve-target.ts'
import { guardOf } from './guard.ts'

const security = { secret: 'correct horse battery', certificate: { cert: 'cert', key: 'key' }, ca: 'ca' }
const all = { secret: security.secret, tls: security.certificate }
const nothing = { secret: undefined, tls: undefined }

test.each([
  ['link+tcp://10.0.0.1:7400', all],
  ['link+tcp://127.0.0.1:7400', all],
  ['link+unix:/run/loop.sock', nothing],
  ['http+unix:/run/loop.sock', nothing],
  ['http://0.0.0.0:8080', nothing],
])('what a loop has is asked for at %s: %j', (address, guard) => {
  expect(guardOf(serveTarget(address), security)).toEqual(guard)
})

test.each([
  'link+tcp://127.0.0.1:0',
  'link+tcp://127.8.9.1:7400',
  'link+tcp://[::1]:7400',
  'link+tcp://localhost:7400',
  'link+unix:/run/loop.sock',
])('without a secret a loop may serve on %s: other hosts cannot reach it', (address) => {
  expect(guardOf(serveTarget(address), noSecurity)).toEqual(nothing)
})

test.each([
  'link+tcp://0.0.0.0:7400',
  'link+tcp://[::]:7400',
  'link+tcp://10.0.0.1:7400',
  'link+tcp://loop-node:7400',
  'link+tcp://[::ffff:10.0.0.1]:7400',
])('without a secret it does not start on %s, and says what to set', (address) => {
  expect(() => guardOf(serveTarget(address), noSecurity)).toThrow(
    `--serve is ${address}, which other hosts can reach, and there is no secret: set link.secret (EVENLOOP_LINK_SECRET)`,
  )
})
