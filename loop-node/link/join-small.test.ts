import fc from 'fast-check'
import { expect, test } from 'vitest'

import { joinSmall } from './join-small.ts'

test('keeps the bytes and their order, and leaves no two pieces that one could hold', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (arrays) => {
      const pieces = arrays.map((array) => Buffer.from(array))
      const joined = joinSmall(pieces, 8)
      expect(Buffer.concat(joined)).toEqual(Buffer.concat(pieces))
      for (const [at, { length }] of joined.entries()) expect(length + (joined[at + 1]?.length ?? 9)).toBeGreaterThan(8)
    }),
  )
})

test('does not copy what is large', () => {
  const large = Buffer.alloc(100)
  expect(joinSmall([Buffer.from('a'), large, Buffer.from('b'), Buffer.from('c')], 8)[1]).toBe(large)
})
