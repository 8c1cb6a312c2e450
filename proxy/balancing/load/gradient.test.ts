import fc from 'fast-check'
import { expect, test } from 'vitest'

import { seeded } from '../../../test/support/seeded.ts'
import { SimulatedLoop } from '../../../test/support/simulated-loop.ts'
import { GradientLimit } from './gradient.ts'

/** An endpoint that works for 2 ms of each request and waits for so long: 500 requests a second. */
function build(waitMs: number) {
  const rng = seeded(1)
  const limit = new GradientLimit()
  const loop = new SimulatedLoop(limit, rng)
  const state = { waitMs }
  const vary = (mean: number): number => mean * (0.5 + rng())
  const capacity = 500
  const run = (ms: number, load: number) =>
    loop.run(ms, load * capacity, () => ({ before: vary(1), wait: vary(state.waitMs), after: vary(1) }))
  const goodput = (ms: number, load: number): number => (run(ms, load).answered * 1000) / ms / capacity
  return { limit, run, goodput, state, crowd: () => (capacity * (state.waitMs + 2)) / 1000 }
}

test.each([0, 10, 50, 200])('in overload it comes to what the endpoint can work on at once, which waits %d ms', (waitMs) => {
  const { run, goodput, limit, crowd } = build(waitMs)
  run(10_000, 3)
  expect(goodput(20_000, 3)).toBeGreaterThan(0.95)
  expect(limit.limit).toBeGreaterThan(crowd())
  expect(limit.limit).toBeLessThan(Math.max(32, 3 * crowd()))
})

test('an overload that lasts does not lift it', () => {
  const { run, limit, crowd } = build(50)
  run(600_000, 3)
  expect(limit.limit).toBeLessThan(3 * crowd())
})

test('a load that the endpoint can bear does not wait for it', () => {
  const { run } = build(50)
  run(5_000, 0.7)
  expect(run(20_000, 0.7).waited).toBe(0)
})

test.each([
  ['slower', 30, 90],
  ['faster', 90, 30],
])('it finds its way when the endpoint becomes %s', (_how, before, after) => {
  const { run, goodput, limit, state, crowd } = build(before)
  run(20_000, 2)
  state.waitMs = after
  run(30_000, 2)
  expect(goodput(10_000, 2)).toBeGreaterThan(0.95)
  expect(limit.limit).toBeLessThan(4 * crowd())
})

test('whatever it is told, it is a whole number between its bounds', () => {
  const anyNumber = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e5 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNumber, fc.nat(2_000), fc.nat(500)), { minLength: 50, maxLength: 400 }), (answers) => {
      const limit = new GradientLimit()
      let now = 0
      for (const [rtt, inFlight, passed] of answers) {
        limit.observe(rtt, inFlight, (now += passed))
        expect(Number.isInteger(limit.limit)).toBe(true)
        expect(limit.limit).toBeGreaterThanOrEqual(4)
        expect(limit.limit).toBeLessThanOrEqual(1_000)
      }
    }),
  )
})
