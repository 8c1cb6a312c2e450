import { PassThrough } from 'node:stream'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { readJsonLines } from './json-lines.ts'

test('values arrive whole and in order, however their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (values, sizes) => {
      const stream = new PassThrough()
      const read: unknown[] = []
      readJsonLines(stream, (value) => read.push(value))
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length]!
        stream.emit('data', bytes.subarray(at, (at += size)))
      }
      expect(read).toEqual(values.map((value) => JSON.parse(JSON.stringify(value)) as unknown))
    }),
  )
})

test('a line that is no JSON is left out, and the next one is read', () => {
  const stream = new PassThrough()
  const read: unknown[] = []
  readJsonLines(stream, (value) => read.push(value))
  stream.emit('data', Buffer.from('{"half":\n\nwarning: an app wrote here\n{"a":1}\n{"never ended"'))
  expect(read).toEqual([{ a: 1 }])
})

test('a line that never ends takes no memory, and the next one is read', () => {
  const stream = new PassThrough()
  const read: unknown[] = []
  readJsonLines(stream, (value) => read.push(value), 20)
  for (const text of ['"0123456789', '0123456789', '0123456789"\n{"a"', ':1}\n']) stream.emit('data', Buffer.from(text))
  expect(read).toEqual([{ a: 1 }])
})
