import { IncomingMessage, type IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeRequestHead, type RequestHead } from '../../link/request-head.ts'
import { forwardedValues } from '../forwarded.ts'
import { HeadScanner, scan } from '../head-scanner.ts'
import { forwardedRequestHeaders } from '../request-headers.ts'
import { type EncodedHead, ownHead, writeRequestHead } from './request-writer.ts'

const limits = { headerBytes: 16_384, headerCount: 100, urlBytes: 8_192 }
const client = { address: '192.0.2.7', port: 40_000 }
const emptyHead = (): EncodedHead => ({ bytes: Buffer.alloc(0), length: 0, fields: 0, ownLength: 0 })

/** Reads a head as the link lane does; undefined where the scanner does not take it. */
function encode(text: string, trusted: boolean, into = emptyHead(), before = ''): RequestHead | undefined {
  const bytes = Buffer.from(before + text, 'latin1')
  const scanner = new HeadScanner(limits)
  scanner.reset()
  if (scanner.scan(bytes, before.length, bytes.length) !== scan.complete) return undefined
  const headers = headersOf(fieldsOf(text))
  const said = trusted
    ? forwardedValues({ headers, remoteAddress: client.address, encrypted: false, trusted, newId: () => 'new-id' })
    : undefined
  writeRequestHead(into, scanner, bytes, before.length, client, said?.requestId ?? 'new-id', said)
  return decodeRequestHead(into.bytes, 0, into.length, into.fields)
}

/** As Node makes them of the fields of a head. */
function headersOf(rawHeaders: string[]): IncomingHttpHeaders {
  const message = new IncomingMessage(new Socket()) as IncomingMessage & { _addHeaderLines(fields: string[], count: number): void }
  message._addHeaderLines(rawHeaders, rawHeaders.length)
  return { ...message.headers }
}

function fieldsOf(text: string): string[] {
  const lines = text.split('\r\n').slice(1, -2)
  return lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).replace(/^[ \t]+|[ \t]+$/g, '')])
}

const name = fc.constantFrom(
  ...['Accept', 'accept', 'User-Agent', 'Cookie', 'X-Other', 'TE', 'te', 'Trailer', 'Keep-Alive', 'Proxy-Connection', 'Authorization'],
  ...[
    'Proxy-Authorization',
    'Evenloop-Taken',
    'evenloop-x',
    'X-Forwarded-For',
    'x-forwarded-proto',
    'X-Forwarded-Host',
    'X-Forwarded-Port',
  ],
  ...['X-Request-Id', 'Forwarded', 'Content-Type', 'X-Nominated', 'Connection', 'connection', 'Priority', 'priority'],
)
const value = fc.oneof(
  fc.constantFrom(
    'trailers',
    'Trailers',
    'x-nominated',
    'X-Nominated, accept',
    'close',
    'keep-alive',
    'host, te, x-forwarded-for',
    '',
    '1.2.3.4',
    'for=1.2.3.4',
  ),
  fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
  fc.stringMatching(/^[\u0080-\u00ff]{1,4}$/),
)
const framing = fc.constantFrom('', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n')
const head = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
    fc.array(fc.tuple(name, value), { maxLength: 12 }),
    framing,
  )
  .map(([method, fields, framed]) => {
    const lines = fields.map(([field, said]) => `${field}: ${said}\r\n`).join('')
    return `${method} /path?q=${fields.length} HTTP/1.1\r\nHost: example.org:80\r\n${framed}${lines}\r\n`
  })

test('the loop gets exactly the fields that it gets on the http lane, of any client', () => {
  let seen = 0
  fc.assert(
    fc.property(head, fc.boolean(), (text, trusted) => {
      const decoded = encode(text, trusted)
      if (decoded === undefined) return
      seen += 1
      const headers = headersOf(fieldsOf(text))
      const said = forwardedValues({ headers, remoteAddress: client.address, encrypted: false, trusted, newId: () => 'new-id' })
      expect(headersOf(decoded.rawHeaders)).toEqual(forwardedRequestHeaders(headers, said))
      expect([decoded.method, decoded.target]).toEqual(text.split(' ', 2))
      expect([decoded.remoteAddress, decoded.remotePort]).toEqual([client.address, client.port])
    }),
    { numRuns: 3_000 },
  )
  expect(seen).toBeGreaterThan(500)
})

test('fields keep the order and the spelling of the client', () => {
  const decoded = encode('GET / HTTP/1.1\r\nhOST: a\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\n\r\n', false)!
  expect(decoded.rawHeaders.slice(0, 8)).toEqual(['hOST', 'a', 'X-B', '1', 'x-a', '2', 'X-B', '3'])
})

test('a buffer that held another head, and bytes before the head, change nothing', () => {
  fc.assert(
    fc.property(head, head, fc.boolean(), (first, second, trusted) => {
      const into = emptyHead()
      encode(first, trusted, into)
      expect(encode(second, trusted, into, 'bytes of something else')).toEqual(encode(second, trusted))
    }),
  )
})

test("the client's own head comes back as it was, for the http lane", () => {
  fc.assert(
    fc.property(head, (text) => {
      const into = emptyHead()
      if (encode(text, false, into) !== undefined) expect(ownHead(into).toString('latin1')).toBe(text)
    }),
  )
})
