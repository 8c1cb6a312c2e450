import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { ForwardedValues } from './forwarded.ts'
import { forwardedRequestHeaders } from './request-headers.ts'

const told: ForwardedValues = { trusted: false, for: '10.0.0.1', proto: 'http', host: 'a', requestId: 'id-1', forwarded: undefined }
const added = { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a', 'x-request-id': 'id-1' }

test('the fields of the end are kept, those of the connection and of the balancer are not', () => {
  const headers = {
    host: 'a',
    cookie: 'c=1',
    'set-cookie': ['a=1', 'b=2'],
    connection: 'keep-alive',
    'keep-alive': '5',
    'proxy-connection': 'x',
    'proxy-authorization': 'x',
    upgrade: 'h2c',
    'http2-settings': 'x',
    expect: '100-continue',
    te: 'gzip',
    'evenloop-taken': '1',
    'evenloop-anything': '1',
    evenloop: 'kept',
    forwarded: 'for=1.2.3.4',
  }
  expect(forwardedRequestHeaders(headers, told)).toEqual({
    host: 'a',
    cookie: 'c=1',
    'set-cookie': ['a=1', 'b=2'],
    evenloop: 'kept',
    ...added,
  })
})

test('what the client says of itself is replaced by what the balancer says', () => {
  const headers = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'evil', 'x-request-id': 'mine' }
  expect(forwardedRequestHeaders(headers, told)).toEqual(added)
  expect(forwardedRequestHeaders(headers, { ...told, host: undefined })).not.toHaveProperty('x-forwarded-host')
})

test('only a trusted proxy may say more in x-forwarded-*', () => {
  const headers = { 'x-forwarded-prefix': '/shop', 'x-forwarded-port': '8443' }
  expect(forwardedRequestHeaders(headers, told)).toEqual(added)
  expect(forwardedRequestHeaders(headers, { ...told, trusted: true })).toEqual({ ...headers, ...added })
})

test('a field of a trusted proxy is kept as it is', () => {
  expect(forwardedRequestHeaders({ forwarded: 'for=1.2.3.4' }, { ...told, forwarded: 'for=1.2.3.4' })).toMatchObject({
    forwarded: 'for=1.2.3.4',
  })
})

test('TE is passed on for trailers only', () => {
  expect(forwardedRequestHeaders({ te: 'Trailers' }, told).te).toBe('Trailers')
  expect(forwardedRequestHeaders({ te: 'trailers, gzip' }, told).te).toBeUndefined()
})

test('trailers are announced only where they can be sent', () => {
  expect(forwardedRequestHeaders({ trailer: 'x', 'transfer-encoding': 'chunked' }, told).trailer).toBe('x')
  expect(forwardedRequestHeaders({ trailer: 'x', 'content-length': '1' }, told)).not.toHaveProperty('trailer')
  expect(forwardedRequestHeaders({ trailer: 'x' }, told)).not.toHaveProperty('trailer')
})

test('whatever Connection names, framing, target and what the balancer says stay', () => {
  const kept = { host: 'a', 'content-length': '3', te: 'trailers' }
  const others = ['x-one', 'x-two', 'cookie', 'authorization']
  const names = fc.constantFrom(
    ...Object.keys(kept),
    ...Object.keys(added),
    'transfer-encoding',
    'trailer',
    'close',
    'keep-alive',
    '',
    'upgrade',
    ...others,
  )
  fc.assert(
    fc.property(fc.array(names), fc.boolean(), (nominated, upper) => {
      const list = nominated.join(', ')
      const headers = { ...kept, connection: upper ? list.toUpperCase() : list, ...Object.fromEntries(others.map((name) => [name, '1'])) }
      const left = others.filter((name) => !nominated.includes(name))
      expect(forwardedRequestHeaders(headers, told)).toEqual({ ...kept, ...added, ...Object.fromEntries(left.map((name) => [name, '1'])) })
    }),
  )
})
