import fc from 'fast-check'
import { expect, test } from 'vitest'

import { mutated, weighted } from '../test/support/mutated.ts'
import { readByNode } from '../test/support/node-reading.ts'
import { unchunked } from '../test/support/scanner-reading.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const read = (text: string): ReturnType<typeof unchunked> => unchunked(latin1(text))

test('a body is its chunks without their framing, and ends behind the blank line', () => {
  expect(read('3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\nGET /')).toEqual({
    state: 'done',
    consumed: 28,
    body: 'abc0123456789',
    trailers: [],
  })
})

test('data is handed on in pieces of the buffer that was read, without waiting for the end of its chunk', () => {
  expect(read('ff\r\nabc')).toEqual({ state: 'unfinished', consumed: 7, body: 'abc', trailers: [] })
})

test('trailers are handed on as sent, but for those that frame, route or authenticate', () => {
  const barred = ['Host: b', 'Trailer: x', 'TE: x', 'Authorization: x', 'Cookie: a=b', 'Set-Cookie: a']
  const more = [
    'Content-Type: x',
    'Content-Encoding: x',
    'Content-Range: x',
    'X-Forwarded-For: 6.6.6.6',
    'Evenloop-Taken: 1',
    'X-Request-Id: mine',
  ]
  const lines = ['Digest: \t sha=1 \t', ...barred, ...more, 'x-Empty:']
  expect(read(`0\r\n${lines.join('\r\n')}\r\n\r\n`)).toMatchObject({
    state: 'done',
    trailers: [
      ['Digest', 'sha=1'],
      ['x-Empty', ''],
    ],
  })
})

test.each([
  ['no size', '\r\nabc'],
  ['a size that is no hexadecimal number', 'g\r\n'],
  ['a size with a prefix', '0x3\r\nabc\r\n'],
  ['a size below zero', '-1\r\n'],
  ['a size of more than eight digits', '000000003\r\nabc\r\n'],
  ['a size with a space behind it', '3 \r\nabc\r\n'],
  ['a size that ends in a bare line feed', '3\nabc\r\n'],
  ['a size that ends in a bare carriage return', '3\rabc\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n'],
  ['a chunk that ends in a bare line feed', '3\r\nabc\n0\r\n\r\n'],
  ['an extension without a name', '3;\r\nabc\r\n'],
  ['an extension with a space', '3; a\r\nabc\r\n'],
  ['an extension that ends in a bare line feed', '3;a\nabc\r\n'],
  ['a quoted extension with a line end', '3;a="\r\n"\r\nabc\r\n'],
  ['extensions without end', `3;${'a'.repeat(17_000)}`],
  ['extensions of small chunks without end', `1;${'a'.repeat(1_000)}\r\nx\r\n`.repeat(17)],
  ['a length in the trailers', '0\r\nContent-Length: 3\r\n\r\n'],
  ['a transfer coding in the trailers', '0\r\nTransfer-Encoding: gzip\r\n\r\n'],
  ['a connection option in the trailers', '0\r\nconnection: close\r\n\r\n'],
  ['a trailer without a colon', '0\r\nabc\r\n\r\n'],
  ['a trailer without a name', '0\r\n: abc\r\n\r\n'],
  ['a trailer with a space before the colon', '0\r\nX : abc\r\n\r\n'],
  ['a folded trailer', '0\r\nX: a\r\n b\r\n\r\n'],
  ['a trailer with a bare line feed', '0\r\nX: a\nY: b\r\n\r\n'],
  ['trailers over 8 KiB', `0\r\nX: ${'a'.repeat(8_190)}\r\n\r\n`],
  ['more than 64 trailers', `0\r\n${'X: a\r\n'.repeat(65)}\r\n`],
])('%s breaks the body', (_name, text) => {
  expect(read(text).state).toBe('broken')
  expect(unchunked(latin1(text), 1)).toEqual(read(text))
})

const extension = weighted(
  [5, fc.constant('')],
  [3, fc.constantFrom(';a', ';a=b', ';a="b"', ';a="\\"\x80;\t"', ';a;b=c;d="e"')],
  [1, fc.constantFrom(';', ';a=', ';=b', ' ', ';a="b"c', ';a=b"c"', ';a="b', '; a', ';a ', ';;', '\t', ';a="\\\n"', ';a="\x7f"')],
)
const size = (length: number): fc.Arbitrary<string> =>
  fc.constantFrom(length.toString(16), length.toString(16).toUpperCase(), `0${length.toString(16)}`)
const chunk = fc
  .stringMatching(/^[a-z\r\n0;]{1,20}$/)
  .chain((data) => fc.tuple(size(data.length), extension).map(([digits, more]) => `${digits}${more}\r\n${data}\r\n`))
const trailer = weighted(
  [5, fc.constantFrom('X: y', 'x:', 'Digest: \t sha256=\xff \t', "!#$%&'*+-.^_`|~: z")],
  [
    1,
    fc.constantFrom(
      'Content-Length: 3',
      'Transfer-Encoding: gzip',
      'Connection: close',
      'Host: b',
      'X : y',
      ': y',
      'X',
      ' y',
      'X: \0',
      'X: \x7f',
    ),
  ],
)
const body = fc
  .record({ chunks: fc.array(chunk, { maxLength: 4 }), last: fc.tuple(size(0), extension), trailers: fc.array(trailer, { maxLength: 3 }) })
  .map(({ chunks, last, trailers }) => `${chunks.join('')}${last.join('')}\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`)
test('a body that is accepted, Node reads identically and ends at the same byte; what is split is read as if it were not', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
  const next = 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n'
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(mutated(body), fc.nat(), async (bytes, place) => {
      const whole = unchunked(bytes)
      expect(unchunked(bytes, 1)).toEqual(whole)
      expect(unchunked(bytes, 1 + (place % bytes.length))).toEqual(whole)
      if (whole.state !== 'done') return
      accepted++
      const { requests, refused } = await readByNode(Buffer.concat([latin1(head), bytes.subarray(0, whole.consumed), latin1(next)]))
      expect(refused).toBeUndefined()
      expect(requests.map(({ req }) => req.url)).toEqual(['/', '/after'])
      expect(requests[0]).toMatchObject({ body: whole.body, req: { complete: true } })
      const pairs = requests[0]!.req.rawTrailers.flatMap((name, i, raw) => (i % 2 === 0 ? [[name, raw[i + 1]]] : []))
      expect(pairs.filter(([name]) => !/^Host$/.test(name!))).toEqual(whole.trailers)
    }),
    { numRuns: 2_000 },
  )
  // A property over what is accepted says nothing where nothing is.
  expect(accepted).toBeGreaterThan(200)
})
