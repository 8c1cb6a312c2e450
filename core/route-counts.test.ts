import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FastHistogram } from './metrics/fast-metrics.ts'
import { metricCatalog } from './metrics/catalog.ts'
import { addCounts, areRouteCounts, asBuckets, holdBounds, isBlocking, quantile, totalOf } from './route-counts.ts'

const bounds = Float64Array.from(holdBounds)
const counted = (values: readonly number[]): number[] => {
  const histogram = new FastHistogram(bounds)
  for (const value of values) histogram.observe(value)
  return [...histogram.counts]
}
const holds = fc.array(fc.double({ min: 0.0011, max: 79, noNaN: true }), { minLength: 1, maxLength: 200 })

test('the bounds ascend, and every bucket of the metric ends at one', () => {
  expect(holdBounds.toSorted((a, b) => a - b)).toEqual(holdBounds)
  for (const bucket of metricCatalog.routeBlocking.buckets) expect(holdBounds).toContain(bucket)
})

test('a percentile is within a quarter of the true one', () => {
  fc.assert(
    fc.property(holds, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const sorted = values.toSorted((a, b) => a - b)
      const truth = sorted[Math.ceil(share * sorted.length - 1e-9) - 1]!
      const found = quantile(counted(values), share)
      // From 10 s on the bounds double.
      expect(found).toBeGreaterThanOrEqual(truth * (truth > 10 ? 0.49 : 0.75))
      expect(found).toBeLessThanOrEqual(truth * (truth > 10 ? 2.01 : 1.34))
    }),
  )
})

test('no observations have no percentile, and what is beyond the last bound counts as the last', () => {
  expect(quantile([], 0.99)).toBe(0)
  expect(quantile(counted([10_000]), 0.5)).toBe(80)
})

test('a route blocks when half of its requests hold the loop, and a few requests tell nothing', () => {
  const held = (times: number): number[] => Array<number>(times).fill(0.05)
  expect(isBlocking(counted(held(5)))).toBe(true)
  expect(isBlocking(counted(held(4)))).toBe(false)
  expect(isBlocking(counted([...held(5), ...Array<number>(6).fill(0.001)]))).toBe(false)
})

test('the metric’s buckets are those of a histogram with its bounds', () => {
  fc.assert(
    fc.property(holds, (values) => {
      const buckets = metricCatalog.routeBlocking.buckets
      const histogram = new FastHistogram(Float64Array.from(buckets))
      for (const value of values) histogram.observe(value)
      expect(asBuckets(counted(values), histogram.sum)).toEqual(histogram.value)
    }),
  )
})

test('counts that are added and taken away again are the same', () => {
  fc.assert(
    fc.property(holds, holds, (a, b) => {
      expect(addCounts(addCounts(counted(a), counted(b)), counted(b), -1)).toEqual(counted(a))
      expect(totalOf(addCounts(counted(a), [3]))).toBe(a.length + 3)
    }),
  )
})

test.each([
  [null],
  ['x'],
  [[null]],
  [[{ method: 'GET', route: '/', counts: [-1], seconds: 0 }]],
  [[{ method: 'GET', route: '/', seconds: 0 }]],
  [[{ method: 'GET', route: '/', counts: Array(1_000).fill(1), seconds: 0 }]],
  [[{ method: 'GET', route: '/', counts: [], seconds: 0, declared: 'slow' }]],
])('does not take %j for counts', (value) => {
  expect(areRouteCounts(value)).toBe(false)
})
