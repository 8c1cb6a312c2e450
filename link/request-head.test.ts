import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ProtocolError } from './frame.ts'
import { headerNames } from './header-names.ts'
import { decodeRequestHead, fieldBytes, methods, prefixBytes, writeU16 } from './request-head.ts'

interface Head {
  method: string
  target: string
  address: string
  port: number
  fields: readonly (readonly [string, string])[]
}

/** As docs/loop-link.md says, in the plainest way: every text for itself, one behind the other. */
function encode({ method, target, address, port, fields }: Head): Buffer {
  let text = ''
  const put = (piece: string): [number, number] => {
    text += piece
    return [text.length - piece.length, piece.length]
  }
  const methodId = Math.max(0, methods.indexOf(method as 'GET'))
  const methodLength = methodId === 0 ? put(method)[1] : 0
  const numbers = [methodLength, ...put(target), ...put(address), port, methodId, 0]
  for (const [name, value] of fields) {
    const number = headerNames.indexOf(name)
    numbers.push(...(number > 0 ? [number, 0] : put(name)), ...put(value))
  }
  const bytes = Buffer.alloc(numbers.length * 2)
  for (const [at, number] of numbers.entries()) writeU16(bytes, at * 2, number)
  return Buffer.concat([bytes, Buffer.from(text, 'latin1')])
}

const latin1 = (most: number) => fc.uint8Array({ maxLength: most }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const name = fc.oneof(fc.constantFrom(...headerNames.slice(1)), fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/))
const head: fc.Arbitrary<Head> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'PURGE'),
  target: latin1(40).map((text) => `/${text}`),
  address: fc.constantFrom('127.0.0.1', '2001:db8::1', ''),
  port: fc.integer({ min: 0, max: 0xffff }),
  fields: fc.array(fc.tuple(name, latin1(30)), { maxLength: 20 }),
})

test('a head is read as it was written: every field in its order and spelling', () => {
  fc.assert(
    fc.property(head, fc.nat(50), (written, before) => {
      const encoded = encode(written)
      const bytes = Buffer.concat([Buffer.alloc(before, 0xee), encoded, Buffer.from('behind')])
      expect(decodeRequestHead(bytes, before, before + encoded.length, written.fields.length)).toEqual({
        method: written.method,
        target: written.target,
        rawHeaders: written.fields.flat(),
        remoteAddress: written.address,
        remotePort: written.port,
      })
    }),
  )
})

test('a head that was changed or cut anywhere is read, or is a ProtocolError; it never reads beyond its end', () => {
  fc.assert(
    fc.property(head, fc.array(fc.tuple(fc.nat(), fc.nat(255))), fc.nat(), fc.nat(0xffff), (written, changes, cut, count) => {
      const encoded = encode(written)
      for (const [at, value] of changes) encoded[at % encoded.length] = value
      const end = cut % (encoded.length + 1)
      const bytes = Buffer.concat([encoded.subarray(0, end), Buffer.alloc(200, 'Z')])
      try {
        const read = decodeRequestHead(bytes, 0, end, count % 2 === 0 ? written.fields.length : count)
        const length = [read.method, read.target, read.remoteAddress, ...read.rawHeaders].reduce(
          (most, text) => Math.max(most, text.length),
          0,
        )
        expect(length).toBeLessThanOrEqual(Math.max(end, 40))
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 500 },
  )
})

test.each<[string, (bytes: Buffer) => void]>([
  ['whose target lies outside', (bytes) => writeU16(bytes, 4, 999)],
  ['whose address lies outside', (bytes) => writeU16(bytes, 6, 999)],
  ['whose field lies outside', (bytes) => writeU16(bytes, prefixBytes + 6, 999)],
  ['with a name that has no number', (bytes) => writeU16(bytes, prefixBytes, headerNames.length)],
  ['with a field without a name', (bytes) => writeU16(bytes, prefixBytes, 0)],
  ['with a method that has no number', (bytes) => writeU16(bytes, 12, methods.length)],
])('a head %s is a ProtocolError', (_, change) => {
  const bytes = encode({ method: 'GET', target: '/', address: '127.0.0.1', port: 1, fields: [['host', 'x']] })
  expect(decodeRequestHead(bytes, 0, bytes.length, 1).rawHeaders).toEqual(['host', 'x'])
  change(bytes)
  expect(() => decodeRequestHead(bytes, 0, bytes.length, 1)).toThrow(ProtocolError)
  expect(() => decodeRequestHead(bytes, 0, prefixBytes + fieldBytes - 1, 1)).toThrow(ProtocolError)
})
