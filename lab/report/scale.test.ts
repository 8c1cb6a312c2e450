import fc from 'fast-check'
import { expect, test } from 'vitest'

import { scaleOf } from './scale.ts'

// So many runs for the few values that are at an end of what numbers can hold.
fc.configureGlobal({ numRuns: 2_000 })

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 30 })

test('every value lies on the axis, and a greater one never before a smaller', () => {
  fc.assert(
    fc.property(values, fc.boolean(), (values, log) => {
      const { at } = scaleOf(values, log)
      const places = values.toSorted((a, b) => a - b).map(at)
      for (const place of places) expect(place >= 0 && place <= 1 + 1e-9).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }),
  )
})

test('the ticks are few, in order, and on the axis', () => {
  fc.assert(
    fc.property(values, fc.boolean(), (values, log) => {
      const { ticks, at } = scaleOf(values, log)
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(12)
      expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b))
      for (const tick of ticks) expect(at(tick) >= 0 && at(tick) <= 1 + 1e-9).toBe(true)
    }),
  )
})

test('ticks are round numbers, from zero', () => {
  expect(scaleOf([200, 2_400]).ticks).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500])
  expect(scaleOf([0.1, 0.3]).ticks).toEqual([0, 0.1, 0.2, 0.3])
  expect(scaleOf([0]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
})

test('a logarithmic axis goes by 1, 2, 5 or finer where values are near each other, by tens where they are far apart', () => {
  expect(scaleOf([11, 18], true).ticks).toEqual([10, 12, 14, 16, 18, 20])
  expect(scaleOf([12, 80], true).ticks).toEqual([10, 20, 50, 100])
  expect(scaleOf([3, 9_000], true).ticks).toEqual([10, 100, 1_000, 10_000])
  expect(scaleOf([1e-9, 1e9], true).ticks.length).toBeLessThan(10)
})

test('zero has no place of its own on a logarithmic axis: it lies at its beginning', () => {
  const { at, ticks } = scaleOf([0, 10, 100], true)
  expect([at(0), at(10), at(100)]).toEqual([0, 0, 1])
  expect(ticks).toEqual([10, 20, 50, 100])
})
