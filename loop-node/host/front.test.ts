import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

import { expect, test } from 'vitest'

import { hideHeaders } from './front.ts'

const request = (rawHeaders: string[]): IncomingMessage => {
  const req = new IncomingMessage(new Socket())
  // As Node's parser fills it.
  ;(req as unknown as { _addHeaderLines(lines: string[], count: number): void })._addHeaderLines(rawHeaders, rawHeaders.length)
  return req
}

test('removes the balancer’s headers from every view of the request and says which there were', () => {
  const req = request(['Host', 'a', 'Evenloop-Taken', '1', 'EtaG', 'x', 'evenloop-taken', '2', 'Cookie', 'c'])
  expect(hideHeaders(req)).toEqual(new Set(['evenloop-taken']))
  expect(req.rawHeaders).toEqual(['Host', 'a', 'EtaG', 'x', 'Cookie', 'c'])
  expect(req.headers).toEqual({ host: 'a', etag: 'x', cookie: 'c' })
  expect({ ...req.headersDistinct }).toEqual({ host: ['a'], etag: ['x'], cookie: ['c'] })
})

test('leaves other requests alone', () => {
  const req = request(['Host', 'a'])
  expect(hideHeaders(req).size).toBe(0)
  expect({ ...req.headersDistinct }).toEqual({ host: ['a'] })
})
