import { expect, test } from 'vitest'

import { headerNames } from '../link/header-names.ts'
import { type Scanned, type ScannedRequest, scanned } from '../test/support/scanner-reading.ts'
import { fieldKind } from './head-tables.ts'
import { HeadScanner, scan } from './head-scanner.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const get = (...fields: string[]): string => ['GET / HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n')
const limits = { headerBytes: 1_024, headerCount: 8, urlBytes: 64 }

function verdictOf(text: string): Scanned['verdict'] {
  const result = scanned(latin1(text), undefined, limits)
  expect(scanned(latin1(text), [1], limits)).toEqual(result)
  return result.verdict
}

function accepted(text: string): ScannedRequest {
  const result = scanned(latin1(text), undefined, limits)
  expect(scanned(latin1(text), [1], limits)).toEqual(result)
  if (result.verdict !== 'complete') throw new Error(result.verdict)
  return result.request
}

function refusalOf(text: string): string {
  const result = scanned(latin1(text), undefined, limits)
  expect(scanned(latin1(text), [1], limits)).toEqual(result)
  return result.verdict === 'refuse' ? result.code : result.verdict
}

test('a head is split into method, target and fields, each with its kind and number', () => {
  const head = 'PATCH /a?b=c HTTP/1.1\r\nhost:\t example:80 \r\nAccept: */*\r\nX-Mine:\r\nCOOKIE: a=b; c\r\nX-Forwarded-Foo: 1\r\n\r\n'
  expect(accepted(`${head}body`)).toEqual({
    method: 'PATCH',
    target: '/a?b=c',
    rawHeaders: ['host', 'example:80', 'Accept', '*/*', 'X-Mine', '', 'COOKIE', 'a=b; c', 'X-Forwarded-Foo', '1'],
    kinds: [fieldKind.host, fieldKind.other, fieldKind.other, fieldKind.cookie, fieldKind.xForwarded],
    nameIds: [headerNames.indexOf('host'), headerNames.indexOf('Accept'), 0, 0, 0],
    headLength: head.length,
    contentLength: -1,
    chunked: false,
    expectsContinue: false,
    closes: false,
    nominates: false,
    hostIndex: 0,
  })
})

test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is served', (method) => {
  expect(accepted(get().replace('GET', method)).method).toBe(method)
})

test('the framing is read whatever the case of its words', () => {
  expect(accepted(get('content-length: 0042'))).toMatchObject({ contentLength: 42, chunked: false })
  expect(accepted(get('Content-Length: 999999999999999'))).toMatchObject({ contentLength: 999_999_999_999_999 })
  expect(accepted(get('TRANSFER-ENCODING: Chunked'))).toMatchObject({ contentLength: -1, chunked: true })
  expect(accepted(get('Content-Length: 1', 'Expect: 100-Continue'))).toMatchObject({ expectsContinue: true })
})

test('the options of the connection are told from the fields that it names', () => {
  expect(accepted(get('Connection: keep-alive'))).toMatchObject({ closes: false, nominates: false })
  expect(accepted(get('Connection: , Close,keep-alive ,'))).toMatchObject({ closes: true, nominates: false })
  expect(accepted(get('Connection: keep-alive', 'connection: x-a, CLOSE'))).toMatchObject({ closes: true, nominates: true })
  expect(accepted(get('Connection: closed'))).toMatchObject({ closes: false, nominates: true })
  expect(accepted(get('Proxy-Connection: close, x-a'))).toMatchObject({ closes: true, nominates: false })
})

test.each([
  ['another method', get().replace('GET', 'PROPFIND')],
  ['a method in lower case', get().replace('GET', 'get')],
  ['a method that does not end', 'G'.repeat(9)],
  ['a line end before the request', `\r\n${get()}`],
  ['the absolute form', get().replace('/', 'http://a/')],
  ['the asterisk form', get().replace('GET /', 'OPTIONS *')],
  ['a fragment', get().replace('/', '/a#b')],
  ['a target beyond ASCII', get().replace('/', '/\xe4')],
  ['a space in the target', get().replace('/', '/a b')],
  ['HTTP/1.0', get().replace('1.1', '1.0')],
  ['no version', 'GET /\r\n'],
  ['an empty Host', get().replace('Host: a', 'Host:')],
  ['a Host with a comma', get().replace('Host: a', 'Host: a,b')],
  ['a length of more than 15 digits', get('Content-Length: 0000000000000001')],
  ['a length with a space behind it', get('Content-Length: 1 ')],
  ['another transfer coding', get('Transfer-Encoding: gzip, chunked')],
  ['chunked twice', get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['another expectation', get('Expect: miracles')],
  ['two expectations', get('Expect: 100-continue', 'Expect: 100-continue')],
  ['an upgrade', get('Upgrade: websocket')],
  ['an upgrade by Connection', get('Connection: keep-alive, Upgrade')],
  ['HTTP2-Settings', get('HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA')],
  ['Connection with more than a list', get('Connection: close; a')],
])('what may be HTTP that others read otherwise is handed over: %s', (_name, text) => {
  expect(verdictOf(text)).toBe('handOver')
})

test.each([
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01'],
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', get('Host: a')],
  ['a bare line feed', get('X-A: b\nX-C: d')],
  ['a bare carriage return', get('X-A: b\rX-C: d')],
  ['a bare carriage return at the end', 'GET / HTTP/1.1\r\nHost: a\r\n\rx'],
  ['an obsolete folding', get('X-A: b', ' c')],
  ['a folding behind the request line', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
  ['a space before the colon', get('X-A : b')],
  ['a field without a colon', get('nonsense')],
  ['a field without a name', get(': b')],
  ['a zero byte in a value', get('X-A: b\0')],
  ['a delete character in a value', get('X-A: b\x7f')],
  ['a byte beyond ASCII in a name', get('X-\xc4: b')],
  ['two lengths that agree', get('Content-Length: 1', 'Content-Length: 1')],
  ['a list of lengths', get('Content-Length: 1, 1')],
  ['a length with a sign', get('Content-Length: +1')],
  ['an empty length', get('Content-Length:')],
  ['a length before a coding', get('Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['a coding before a length', get('Transfer-Encoding: chunked', 'Content-Length: 1')],
])('what is malformed is refused: %s', (_name, text) => {
  expect(refusalOf(text)).toBe('BAD_REQUEST')
})

test('each limit is the last value that is accepted', () => {
  const filled = (bytes: number): string => get(`X-A: ${'x'.repeat(bytes - get('X-A: ').length)}`)
  expect(verdictOf(`${filled(1_024)}body`)).toBe('complete')
  expect(refusalOf(filled(1_025))).toBe('HEADERS_TOO_LARGE')
  expect(refusalOf(`GET /${'x'.repeat(2_000)}`)).toBe('HEADERS_TOO_LARGE')
  const many = (count: number): string => get(...Array.from({ length: count - 1 }, (_, index) => `X-${index}: 1`))
  expect(verdictOf(many(8))).toBe('complete')
  expect(refusalOf(many(9))).toBe('HEADERS_TOO_LARGE')
  const long = (bytes: number): string => get().replace('/', `/${'x'.repeat(bytes - 1)}`)
  expect(verdictOf(long(64))).toBe('complete')
  expect(refusalOf(long(65))).toBe('URL_TOO_LONG')
})

test('a head longer than positions can count is handed over where the limit allows it', () => {
  const text = latin1(get(`X-A: ${'x'.repeat(61_000)}`))
  const large = { ...limits, headerBytes: 100_000 }
  expect(scanned(text, undefined, large).verdict).toBe('handOver')
  expect(scanned(text, [1_000], large).verdict).toBe('handOver')
})

test('the requests of one read are scanned one after the other, with nothing left of the one before', () => {
  const first = get('Content-Length: 3', 'Connection: close, x', 'Expect: 100-continue')
  const bytes = latin1(`${first}abc${get()}GET / HT`)
  const scanner = new HeadScanner(limits)
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(scan.complete)
  expect(scanner).toMatchObject({ length: first.length, contentLength: 3, closes: true, nominates: true, expectsContinue: true })
  scanner.reset()
  const second = first.length + 3
  expect(scanner.scan(bytes, second, bytes.length)).toBe(scan.complete)
  expect(scanner).toMatchObject({
    length: get().length,
    count: 1,
    contentLength: -1,
    closes: false,
    nominates: false,
    expectsContinue: false,
  })
  scanner.reset()
  expect(scanner.scan(bytes, second + get().length, bytes.length)).toBe(scan.more)
  expect(scanner.scan(latin1('TP/1.1\r\nHost: b\r\n\r\nabc'), 0, 21)).toBe(scan.complete)
  expect(scanner.held.toString('latin1', 0, scanner.length)).toBe('GET / HTTP/1.1\r\nHost: b\r\n\r\n')
})
