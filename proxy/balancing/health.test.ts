import fc from 'fast-check'
import { expect, test } from 'vitest'

import { Health } from './health.ts'

test('one lost probe is not an outage', () => {
  const health = new Health({ failures: 3, successes: 1 })
  for (const ok of [false, false, true, false, false]) expect(health.observe(ok)).toBe(false)
  expect(health.healthy).toBe(true)
  expect(health.observe(false)).toBe(true)
  expect(health.healthy).toBe(false)
})

test('it recovers after its number of good probes in a row', () => {
  const health = new Health({ failures: 1, successes: 2 })
  expect(health.observe(false)).toBe(true)
  expect([true, false, true].map((ok) => health.observe(ok))).toEqual([false, false, false])
  expect(health.observe(true)).toBe(true)
  expect(health.healthy).toBe(true)
})

test('an endpoint that refuses is unhealthy at once, and reported once', () => {
  const health = new Health({ failures: 3, successes: 2 })
  expect(health.refuse()).toBe(true)
  expect(health.healthy).toBe(false)
  expect(health.refuse()).toBe(false)
})

test('a refusal between good probes starts the count again', () => {
  const health = new Health({ failures: 3, successes: 2 })
  health.refuse()
  health.observe(true)
  health.refuse()
  expect(health.observe(true)).toBe(false)
  expect(health.observe(true)).toBe(true)
})

test('it says that it flipped exactly when healthy changed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean()), (failures, successes, probes) => {
      const health = new Health({ failures, successes })
      for (const ok of probes) {
        const before = health.healthy
        const flipped = health.observe(ok)
        expect(flipped).toBe(before !== health.healthy)
        if (flipped) expect(health.healthy).toBe(ok)
      }
    }),
  )
})
