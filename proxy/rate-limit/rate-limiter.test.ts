import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ManualClock } from '../../test/support/endpoints.ts'
import { type Rate, RateLimiter } from './rate-limiter.ts'

function limiterOf(rate: Partial<Rate> = {}) {
  const clock = new ManualClock()
  clock.time = 1_234_567.891
  const limiter = new RateLimiter({ requests: 10, per: 1_000, burst: 10, clients: 100, ...rate }, clock)
  /** How many of so many requests at once are admitted. */
  const admitted = (key: string, requests: number): number => {
    let count = 0
    for (let i = 0; i < requests; i++) if (limiter.admit(key) === 0) count += 1
    return count
  }
  return { clock, limiter, admitted }
}

test('a client may come as often at once as the burst allows', () => {
  expect(limiterOf().admitted('a', 100)).toBe(10)
  expect(limiterOf({ burst: 3 }).admitted('a', 100)).toBe(3)
  // None of these divides evenly.
  for (const requests of [3, 7, 11, 13, 997]) expect(limiterOf({ requests, burst: requests }).admitted('a', 2_000)).toBe(requests)
})

test('who is refused hears when the next request is admitted, and then it is', () => {
  const { clock, limiter, admitted } = limiterOf()
  admitted('a', 10)
  const wait = limiter.admit('a')
  expect(wait).toBeCloseTo(100, 1)
  clock.time += wait - 1
  expect(limiter.admit('a')).toBeGreaterThan(0)
  clock.time += 1
  expect(limiter.admit('a')).toBe(0)
})

test('a refusal costs nothing: who asks without end is still admitted at its rate', () => {
  const { clock, admitted } = limiterOf()
  admitted('a', 1_000)
  let count = 0
  for (let ms = 0; ms < 10_000; ms += 10) {
    clock.time += 10
    count += admitted('a', 5)
  }
  expect(count).toBe(100)
})

test('a pause fills the burst again, and no more than that', () => {
  const { clock, admitted } = limiterOf()
  admitted('a', 10)
  clock.time += 3_600_000
  expect(admitted('a', 100)).toBe(10)
})

test('a greedy client takes nothing from another', () => {
  const { admitted } = limiterOf()
  admitted('greedy', 1_000)
  expect(admitted('other', 10)).toBe(10)
})

test('in no span of time is more admitted than the burst and what the rate gives', () => {
  const gaps = fc.array(fc.nat(400), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (steps, requests, burst) => {
      const { clock, limiter } = limiterOf({ requests, burst })
      const times: number[] = []
      for (const gap of steps) {
        clock.time += gap
        if (limiter.admit('a') === 0) times.push(clock.time)
      }
      const allowed = (from: number, to: number): number => burst + ((to - from) * requests) / 1_000 + 0.01
      const excess = times.flatMap((from, first) => times.slice(first).filter((to, more) => more + 1 > allowed(from, to)))
      expect(excess).toEqual([])
    }),
  )
})

describe('a limiter that keeps count of few clients', () => {
  test('forgets the one that has been away longest', () => {
    const { admitted } = limiterOf({ clients: 2 })
    for (const key of ['a', 'b', 'a', 'c']) admitted(key, 10)
    expect([admitted('a', 1), admitted('c', 1), admitted('b', 1)]).toEqual([0, 0, 1])
  })

  test('does not forget one because it is refused all the time', () => {
    const { admitted } = limiterOf({ clients: 2 })
    admitted('greedy', 10)
    for (let i = 0; i < 50; i++) {
      expect(admitted('greedy', 1)).toBe(0)
      admitted(`passer-by ${i}`, 1)
    }
  })

  test('works with room for one', () => {
    const { admitted } = limiterOf({ clients: 1 })
    expect([admitted('a', 20), admitted('b', 20), admitted('a', 20)]).toEqual([10, 10, 10])
  })

  test('forgets as a list of the last clients does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(8), { maxLength: 100 }), fc.integer({ min: 1, max: 6 }), (keys, clients) => {
        const { limiter } = limiterOf({ requests: 1, burst: 1, clients })
        let recent: number[] = []
        for (const key of keys) {
          expect(limiter.admit(String(key)) === 0).toBe(!recent.includes(key))
          recent = [key, ...recent.filter((other) => other !== key)].slice(0, clients)
        }
      }),
    )
  })
})
