import fc from 'fast-check'
import { expect, test } from 'vitest'

import { countDeath, restartDelay } from './restart-policy.ts'

const settings = { minDelay: 100, maxDelay: 15_000, giveUpAfter: 5, resetAfter: 30_000 }

test('the pause doubles up to the longest', () => {
  expect([1, 2, 3, 4, 8, 9, 1000].map((deaths) => restartDelay(settings, deaths, () => 1))).toEqual([
    100, 200, 400, 800, 12_800, 15_000, 15_000,
  ])
})

test('the pause lies between half and the whole, whatever chance says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (deaths, chance) => {
      const whole = restartDelay(settings, deaths, () => 1)
      const delay = restartDelay(settings, deaths, () => chance)
      expect(delay).toBeGreaterThanOrEqual(whole / 2)
      expect(delay).toBeLessThanOrEqual(whole)
    }),
  )
})

test('a process that served long enough begins anew', () => {
  expect(countDeath(settings, 7, undefined)).toBe(8)
  expect(countDeath(settings, 7, 29_999)).toBe(8)
  expect(countDeath(settings, 7, 30_000)).toBe(1)
})
