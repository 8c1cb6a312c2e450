import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { configKeys } from './keys.ts'
import { editDistance, nearest } from './suggest.ts'

const known = configKeys.map((key) => ({ name: key.path, show: key.path }))

describe('suggestions', () => {
  it.each([
    ['loop', 'loops'],
    ['lopos', 'loops'],
    ['log_level', 'logLevel'],
    ['log-level', 'logLevel'],
    ['LOGLEVEL', 'logLevel'],
    ['limits.headerbytes', 'limits.headerBytes'],
    ['headerBytes', 'limits.headerBytes'],
    ['timeouts.headerBytes', 'limits.headerBytes'],
    ['polcy', 'policy'],
    ['port', 'listen'],
    ['instances', 'loops'],
  ])('%s means %s', (unknown, meant) => expect(nearest(unknown, known)).toBe(meant))

  it.each(['xyzzy', 'a', 'completelyDifferent'])('offers nothing for %s', (unknown) => expect(nearest(unknown, known)).toBeUndefined())

  it('prefers the word that was begun to one that is spelt alike', () => {
    const words = ['start', 'status', 'stop'].map((name) => ({ name, show: name }))
    expect(nearest('stat', words)).toBe('status')
  })

  it('finds every key back after one slip', () => {
    const slip = fc
      .constantFrom(...configKeys.map((key) => key.path).filter((path) => path.length > 4))
      .chain((path) => fc.record({ path: fc.constant(path), at: fc.nat({ max: path.length - 1 }) }))
    fc.assert(fc.property(slip, ({ path, at }) => void expect(nearest(path.slice(0, at) + path.slice(at + 1), known)).toBeDefined()))
  })
})

describe('edit distance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'ab', 1],
    ['abc', 'xbc', 1],
    ['', 'abc', 3],
    ['loops', 'policy', 5],
  ])('%s → %s is %d', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance)
  })

  it('is symmetric, and zero only for the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(editDistance(left, right)).toBe(editDistance(right, left))
        expect(editDistance(left, right) === 0).toBe(left === right)
      }),
    )
  })
})
