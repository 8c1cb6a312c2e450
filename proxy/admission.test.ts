import type { IncomingMessage } from 'node:http'

import { describe, expect, test } from 'vitest'

import { announcesBody, normaliseTarget, refusalOf } from './admission.ts'

const limits = { headerCount: 10, urlBytes: 50, bodyBytes: 100 }

/** A request as Node's parser hands it over. */
function request(
  url: string,
  fields: Record<string, string | readonly string[]> = { host: 'a' },
  more: { method?: string; minor?: number } = {},
): IncomingMessage {
  const headers = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name.toLowerCase(), typeof value === 'string' ? value : value[0]]),
  )
  const rawHeaders = Object.entries(fields).flatMap(([name, value]) => [value].flat().flatMap((each) => [name, each]))
  return {
    url,
    headers,
    rawHeaders,
    method: more.method ?? 'GET',
    httpVersionMajor: 1,
    httpVersionMinor: more.minor ?? 1,
  } as unknown as IncomingMessage
}

const refusal = (...args: Parameters<typeof request>) => refusalOf(request(...args), limits)

describe('a request is admitted', () => {
  test('when nothing is wrong with it', () => {
    expect(refusal('/')).toBeUndefined()
    expect(refusal('/', { Host: 'a', 'Content-Length': '100' })).toBeUndefined()
    expect(refusal('/', { Host: 'a', 'Transfer-Encoding': 'Chunked' })).toBeUndefined()
    expect(refusal('*', { host: 'a' }, { method: 'OPTIONS' })).toBeUndefined()
    expect(refusal('/', { host: '' })).toBeUndefined()
  })

  test('without Host before HTTP/1.1', () => {
    expect(refusal('/', {}, { minor: 0 })).toBeUndefined()
  })

  test('with a body of any size where no limit is set', () => {
    expect(refusalOf(request('/', { host: 'a', 'content-length': '999999' }), { ...limits, bodyBytes: 0 })).toBeUndefined()
  })
})

describe('a request is refused', () => {
  test.each([
    ['no Host', {}, 1],
    ['two Hosts', { Host: ['a', 'a'] }, 1],
    ['two Hosts before HTTP/1.1', { host: ['a', 'b'] }, 0],
    ['a length and a transfer coding', { host: 'a', 'content-length': '5', 'transfer-encoding': 'chunked' }, 1],
    ['a transfer coding before HTTP/1.1', { host: 'a', 'transfer-encoding': 'chunked' }, 0],
  ])('%s', (_name, fields, minor) => {
    expect(refusal('/', fields, { minor })).toBe('BAD_REQUEST')
  })

  test.each(['', 'a', 'a:80', 'ftp://a/', 'http://', '*', '?x', 'http://user@a/'])('a target that is none: %j', (url) => {
    const req = request(url)
    normaliseTarget(req)
    expect(refusalOf(req, limits)).toBe('BAD_REQUEST')
  })

  test('what is over a limit, by the limit', () => {
    const fields = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x-${index}`, '1']))
    expect(refusal('/', { host: 'a', ...fields })).toBe('HEADERS_TOO_LARGE')
    expect(refusal(`/${'x'.repeat(50)}`)).toBe('URL_TOO_LONG')
    expect(refusal('/', { host: 'a', 'content-length': '101' })).toBe('BODY_TOO_LARGE')
  })

  test('another transfer coding than chunked', () => {
    expect(refusal('/', { host: 'a', 'transfer-encoding': 'gzip, chunked' })).toBe('NOT_IMPLEMENTED')
  })
})

describe('the absolute form', () => {
  test.each([
    ['http://b/', '/', 'b'],
    ['http://b', '/', 'b'],
    ['HTTPS://b:81//x?y', '//x?y', 'b:81'],
    ['http://b?x=1', '/?x=1', 'b'],
    ['http://[::1]:80/x', '/x', '[::1]:80'],
  ])('%s becomes %s', (url, target, host) => {
    const req = request(url)
    normaliseTarget(req)
    expect([req.url, req.headers.host]).toEqual([target, host])
  })

  test('is the only one that changes', () => {
    for (const url of ['/http://b/', '//b/x', '*', 'b:80', 'ftp://b/']) {
      const req = request(url)
      normaliseTarget(req)
      expect([req.url, req.headers.host]).toEqual([url, 'a'])
    }
  })
})

test('a body is announced by a length other than 0 or by a transfer coding', () => {
  const announced = (fields: Record<string, string>) => announcesBody(request('/', fields))
  expect([
    announced({}),
    announced({ 'content-length': '0' }),
    announced({ 'content-length': '1' }),
    announced({ 'transfer-encoding': 'chunked' }),
  ]).toEqual([false, false, true, true])
})
