import fc from 'fast-check'
import { expect, test } from 'vitest'

import { splitLines } from './split-lines.ts'

function lines(chunks: readonly Buffer[]): string[] {
  const seen: string[] = []
  const splitter = splitLines((line) => seen.push(line))
  for (const chunk of chunks) splitter.push(chunk)
  splitter.flush()
  return seen
}

test('lines come out whole, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 })),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (texts, sizes) => {
        const expected = texts.map((text) => text.replace(/[\r\n]/g, '')).filter((text) => text !== '')
        const bytes = Buffer.from(expected.join('\n'))
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length;) {
          const size = sizes.next().value!
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(lines(chunks)).toEqual(expected)
      },
    ),
  )
})

test('a line that does not end is cut at 64 KiB and the next one is whole', () => {
  const [first, second] = lines([...Array.from({ length: 200 }, () => Buffer.alloc(1000, 'x')), Buffer.from('\nnext\n')])
  expect(first).toBe(`${'x'.repeat(65_536)} (cut)`)
  expect(second).toBe('next')
})

test('a last line without an end is not lost, a carriage return is', () => {
  expect(lines([Buffer.from('one\r\n\ntwo')])).toEqual(['one', 'two'])
})
