import { expect, test } from 'vitest'

import { between, quantile, readHistogram } from './histogram.ts'

const text = (balancer: string, counts: readonly [number, number, number]): string =>
  [
    `queue_bucket{le="0.1",balancer="${balancer}"} ${counts[0]}`,
    `queue_bucket{balancer="${balancer}",le="1"} ${counts[1]}`,
    `queue_bucket{le="+Inf",balancer="${balancer}"} ${counts[2]}`,
    `queue_sum{balancer="${balancer}"} 3`,
    `queue_seconds_bucket{le="0.1"} 99`,
  ].join('\n')

test('the histograms of all balancers are one', () => {
  const { bounds, counts } = readHistogram(`${text('0', [2, 5, 6])}\n${text('1', [1, 1, 3])}`, 'queue')
  expect(bounds).toEqual([0.1, 1, Number.POSITIVE_INFINITY])
  expect(counts).toEqual([3, 3, 3])
})

test('what was there before a measurement is not counted', () => {
  const before = readHistogram(text('0', [2, 5, 6]), 'queue')
  expect(between(before, readHistogram(text('0', [2, 9, 11]), 'queue')).counts).toEqual([0, 4, 1])
  expect(between(readHistogram('', 'queue'), before).counts).toEqual([2, 3, 1])
})

test('a quantile counts those that did not wait, and lies within its bucket', () => {
  const waited = { bounds: [0.1, 1, Number.POSITIVE_INFINITY], counts: [10, 10, 0] }
  expect(quantile(waited, 0.5)).toBeCloseTo(0.1)
  expect(quantile(waited, 0.75)).toBeCloseTo(0.55)
  expect(quantile(waited, 0.5, 20)).toBe(0)
  expect(quantile(waited, 0.75, 20)).toBeCloseTo(0.1)
  expect(quantile({ bounds: [0.1, Number.POSITIVE_INFINITY], counts: [0, 4] }, 0.5)).toBe(0.1)
  expect(quantile({ bounds: [], counts: [] }, 0.99)).toBe(0)
})
