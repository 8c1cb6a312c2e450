import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ResponseReader } from './response-reader.ts'

const answers: Record<string, { readonly text: string; readonly status: number }> = {
  'with a length': { text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', status: 200 },
  empty: { text: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', status: 404 },
  chunked: {
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\nA\r\n\r\n\r\n0123\r\n\r\n0\r\n\r\n',
    status: 200,
  },
  'chunked with trailers': {
    text: 'HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: 1\r\nB: 2\r\n\r\n',
    status: 503,
  },
  'behind an early hint': {
    text: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx',
    status: 201,
  },
  'without a body by its status': { text: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n', status: 304 },
}

/** The parts of a text that is cut at these places. */
const cut = (text: string, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % text.length))].sort((a, b) => a - b)
  return [...ends, text.length].map((end, index) => Buffer.from(text.slice(index === 0 ? 0 : ends[index - 1], end), 'latin1'))
}

test.each(Object.entries(answers))('an answer %s is complete with its last byte, however it is cut', (_, { text, status }) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (places) => {
      const reader = new ResponseReader()
      // The second one on the same connection finds nothing of the first.
      for (let again = 0; again < 2; again++) {
        reader.begin(false)
        const parts = cut(text, places)
        const seen = parts.map((part) => reader.take(part))
        expect(seen).toEqual([...parts.slice(1).map(() => 0), status])
        expect(reader.closes).toBe(false)
      }
    }),
  )
})

test('an answer to HEAD ends with its head', () => {
  const reader = new ResponseReader()
  reader.begin(true)
  expect(reader.take(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'))).toBe(200)
})

test('an answer without a length ends with the connection', () => {
  const reader = new ResponseReader()
  reader.begin(false)
  expect(reader.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\nsome'))).toBe(0)
  expect(reader.take(Buffer.from(' more'))).toBe(0)
  expect(reader.end()).toBe(200)
})

test('a connection that ends within an answer has not answered', () => {
  const reader = new ResponseReader()
  reader.begin(false)
  reader.take(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'))
  expect(reader.end()).toBe(0)
})

test.each(['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx and more'])(
  'a connection that the server closes, or that says too much, is not used again',
  (text) => {
    const reader = new ResponseReader()
    reader.begin(false)
    expect(reader.take(Buffer.from(text))).toBe(200)
    expect(reader.closes).toBe(true)
  },
)

test.each(['SSH-2.0-OpenSSH_9.2p1\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'])('%j is refused', (text) => {
  const reader = new ResponseReader()
  reader.begin(false)
  expect(() => reader.take(Buffer.from(text))).toThrow('the answer')
})
