import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ProtocolError } from './frame.ts'
import { decodeTrailers, encodeTrailers } from './trailers.ts'

const latin1 = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

test('trailers are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(latin1, latin1)), fc.nat(9), (trailers, before) => {
      const encoded = encodeTrailers(trailers)
      const bytes = Buffer.concat([Buffer.alloc(before), encoded, Buffer.alloc(9)])
      expect(decodeTrailers(bytes, before, before + encoded.length)).toEqual(trailers.flat())
    }),
  )
})

test('of random bytes they are whole, or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (random) => {
      const bytes = Buffer.concat([random, Buffer.alloc(50)])
      try {
        const read = decodeTrailers(bytes, 0, random.length)
        expect(read.reduce((sum, text) => sum + text.length, read.length * 2)).toBe(random.length)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
