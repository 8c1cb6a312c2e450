import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { headerNames } from '../../link/header-names.ts'
import type { Incoming } from './node-internals.ts'
import { plainHeaders } from './plain-headers.ts'

const byNode = (rawHeaders: string[]): IncomingMessage['headers'] => {
  const req = new IncomingMessage(new Socket()) as Incoming
  req._addHeaderLines(rawHeaders, rawHeaders.length)
  return req.headers
}

const odd = ['Set-Cookie', 'set-cookie', '__proto__', 'constructor', 'toString', 'X-Own', 'x-own', 'COOKIE', 'HOST']
const name = fc.oneof(fc.constantFrom(...headerNames.slice(1)), fc.constantFrom(...odd), fc.stringMatching(/^[A-Za-z_-]{1,12}$/))
const fields = fc.array(fc.tuple(name, fc.stringMatching(/^[!-~]{0,9}$/)), { maxLength: 20 }).map((pairs) => pairs.flat())

test('shows what Node shows, or leaves it to Node', () => {
  fc.assert(
    fc.property(fields, (rawHeaders) => {
      const plain = plainHeaders(rawHeaders)
      if (plain === undefined) return
      expect(Object.entries(plain)).toEqual(Object.entries(byNode(rawHeaders)))
      expect(Object.getPrototypeOf(plain)).toBe(Object.prototype)
    }),
  )
})

test('leaves fields that come again to Node', () => {
  expect(plainHeaders(['Host', 'a', 'Accept', 'b'])).toEqual({ host: 'a', accept: 'b' })
  expect(plainHeaders(['Cookie', 'a=1', 'cookie', 'b=2'])).toBeUndefined()
  expect(plainHeaders(['Set-Cookie', 'a=1'])).toBeUndefined()
})
