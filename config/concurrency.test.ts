import { expect, test } from 'vitest'

import { concurrencyCap, shareOfCap } from './concurrency.ts'

test.each([
  ['sync', 'auto', 1],
  ['hybrid', 'auto', 0],
  ['sync', 'unlimited', 0],
  ['hybrid', 7, 7],
] as const)('under the model %s, concurrency %s is a cap of %i', (model, concurrency, cap) => {
  expect(concurrencyCap({ model, concurrency })).toBe(cap)
})

test('balancers divide a cap among them', () => {
  expect([shareOfCap(10, 1), shareOfCap(10, 3), shareOfCap(0, 3)]).toEqual([10, 3, 0])
})
