import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ManualClock } from '../../test/support/endpoints.ts'
import { RetryBudget } from './retry-budget.ts'

function retriesOf(budget: RetryBudget, tries: number): number {
  let allowed = 0
  for (let i = 0; i < tries; i += 1) if (budget.tryRetry()) allowed += 1
  return allowed
}

function requests(budget: RetryBudget, count: number): void {
  for (let i = 0; i < count; i += 1) budget.request()
}

test('retries are a share of the requests', () => {
  const budget = new RetryBudget({ ratio: 0.2, reserve: 0 }, new ManualClock())
  requests(budget, 100)
  expect(retriesOf(budget, 1_000)).toBe(20)
})

test('a quiet cluster has its reserve', () => {
  const budget = new RetryBudget({ ratio: 0.2, reserve: 3 }, new ManualClock())
  requests(budget, 1)
  expect(retriesOf(budget, 10)).toBe(3)
})

test('the window is ten seconds: what was spent comes back, what was earned goes', () => {
  const clock = new ManualClock()
  const budget = new RetryBudget({ ratio: 0.5, reserve: 0 }, clock)
  requests(budget, 10)
  expect(retriesOf(budget, 100)).toBe(5)
  clock.time = 9_999
  expect(budget.tryRetry()).toBe(false)
  clock.time = 10_000
  requests(budget, 4)
  expect(retriesOf(budget, 100)).toBe(2)
})

test('a long silence empties it', () => {
  const clock = new ManualClock()
  const budget = new RetryBudget({ ratio: 1, reserve: 0 }, clock)
  requests(budget, 10)
  clock.time = 3_600_000
  expect(budget.tryRetry()).toBe(false)
})

test('in any ten seconds it allows no more than reserve or share', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 4_000 }), requests: fc.nat(20), tries: fc.nat(20) })
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(5), fc.array(step), (ratio, reserve, steps) => {
      const clock = new ManualClock()
      const budget = new RetryBudget({ ratio, reserve }, clock)
      const asked: number[] = []
      const granted: number[] = []
      const within = (times: number[]): number =>
        times.filter((time) => Math.floor(time / 1_000) > Math.floor(clock.time / 1_000) - 10).length
      for (const { wait, requests: count, tries } of steps) {
        clock.time += wait
        for (let i = 0; i < count; i += 1) {
          budget.request()
          asked.push(clock.time)
        }
        for (let i = 0; i < tries; i += 1) {
          const expected = within(granted) < Math.max(reserve, Math.floor(ratio * within(asked)))
          expect(budget.tryRetry()).toBe(expected)
          if (expected) granted.push(clock.time)
        }
      }
    }),
  )
})
