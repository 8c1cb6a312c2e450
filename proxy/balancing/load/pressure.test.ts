import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { seeded } from '../../../test/support/seeded.ts'
import { type Demand, SimulatedLoop, type Stretch } from '../../../test/support/simulated-loop.ts'
import { PressureLimit } from './pressure.ts'

const targetMs = 50

function build(mean: Demand) {
  const rng = seeded(1)
  const limit = new PressureLimit(targetMs)
  const loop = new SimulatedLoop(limit, rng)
  const vary = (ms: number): number => ms * (0.5 + rng())
  const demand = (): Demand => ({ before: vary(mean.before), wait: vary(mean.wait), after: vary(mean.after) })
  const capacity = 1000 / (mean.before + mean.after)
  return {
    limit,
    run: (ms: number, load: number): Stretch => loop.run(ms, load * capacity, demand),
    share: ({ answered }: Stretch, ms: number): number => answered / ((capacity * ms) / 1000),
  }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!
const mostOf = (values: readonly number[]): number => values.reduce((most, each) => Math.max(most, each), 0)

describe.each([
  ['CPU alone', { before: 5, wait: 0, after: 0 }],
  ['little CPU', { before: 0.2, wait: 0, after: 0 }],
  ['much CPU', { before: 20, wait: 0, after: 0 }],
  ['a wait, then CPU', { before: 1, wait: 20, after: 4 }],
  ['CPU, then a wait', { before: 4, wait: 100, after: 1 }],
  ['a long wait', { before: 0.5, wait: 200, after: 0.5 }],
])('overload by requests of %s', (_name, mean) => {
  test('at three times its capacity the loop works at its capacity, and stands near the target behind its events', () => {
    const { run, share, limit } = build(mean)
    run(3_000, 0.7)
    run(4_000, 3)
    const stretch = run(20_000, 3)
    expect(limit.limit).toBeGreaterThan(0)
    expect(share(stretch, 20_000)).toBeGreaterThan(0.9)
    // A request may wait for the CPU each time it needs it: in one turn that has begun, and in the next one. The least limit
    // keeps a loop of long handlers further behind.
    const waits = (mean.wait > 0 ? 4 : 2) * (mean.before > 10 ? 2 : 1)
    expect(percentile(stretch.heldMs, 0.5)).toBeLessThan(1.5 * mean.wait + waits * targetMs)
    expect(percentile(stretch.heldMs, 0.99)).toBeLessThan(1.5 * mean.wait + waits * 1.5 * targetMs)
  })

  test('all of it: nearly nothing is lost in the first moments, before there is a limit', () => {
    const { run, share } = build(mean)
    run(3_000, 0.7)
    expect(share(run(10_000, 3), 10_000)).toBeGreaterThan(0.9)
  })

  test('a second after its end the limit keeps nobody waiting, and later there is none', () => {
    const { run } = build(mean)
    run(10_000, 3)
    // And until those are answered that were given to it by then.
    run(1_000 + 2 * mean.wait, 0.3)
    const { answered, waited } = run(2_000, 0.3)
    expect(waited).toBeLessThan(0.02 * answered)
    run(10_000, 0.1)
    expect(mostOf(run(2_000, 0.1).limits)).toBe(0)
  })
})

test('the loop is limited soon after it has begun to stand late', () => {
  const limit = new PressureLimit(targetMs)
  let now = 0
  for (let beat = 0; beat < 20; beat += 1) limit.heard((now += 5), 3, 0)
  limit.heard((now += 100), 60, 95)
  expect(limit.limit).toBe(0)
  limit.heard((now += 100), 90, 95)
  expect(limit.limit).toBeGreaterThan(0)
  expect(limit.limit).toBeLessThan(60)
})

test('thousands of slow requests that use half of the CPU are not limited', () => {
  const loop = new SimulatedLoop(new PressureLimit(targetMs), seeded(1))
  const stretch = loop.run(5_000, 5_000, () => ({ before: 0.05, wait: 1_000, after: 0.05 }))
  expect(stretch.mostHeld).toBeGreaterThan(5_000)
  expect(mostOf(stretch.limits)).toBe(0)
})

test('a handler that holds the loop for 200 ms once a second sets no limit', () => {
  const loop = new SimulatedLoop(new PressureLimit(targetMs), seeded(1))
  let count = 0
  const stretch = loop.run(30_000, 250, () => ({ before: (count += 1) % 250 === 0 ? 200 : 0.8, wait: 20, after: 0.2 }))
  expect(mostOf(stretch.limits)).toBe(0)
})

test('what a limit has become in overload is no obstacle for slow requests that come later', () => {
  const limit = new PressureLimit(targetMs)
  const loop = new SimulatedLoop(limit, seeded(1))
  loop.run(5_000, 600, () => ({ before: 5, wait: 0, after: 0 }))
  expect(limit.limit).toBeLessThan(30)
  loop.run(6_000, 500, () => ({ before: 0.5, wait: 500, after: 0.5 }))
  expect(loop.run(2_000, 500, () => ({ before: 0.5, wait: 500, after: 0.5 })).waited).toBe(0)
})

test('what is held beyond the limit and keeps nobody waiting leaves room for others', () => {
  const limit = new PressureLimit(targetMs)
  let now = 0
  for (let beat = 0; beat < 10; beat += 1) limit.heard((now += 100), 20, 95)
  expect(limit.limit).toBeLessThan(20)
  // A hundred that send their bodies slowly.
  for (let beat = 0; beat < 20; beat += 1) limit.heard((now += 50), 100, 0)
  expect(limit.limit).toBeGreaterThan(100)
})

test('a loop that is late with few requests has no limit', () => {
  const limit = new PressureLimit(targetMs)
  for (let now = 0; now < 10_000; now += 500) limit.heard(now, 8, 495)
  expect(limit.limit).toBe(0)
})

test('a loop that holds nothing may be silent', () => {
  const limit = new PressureLimit(targetMs)
  for (let now = 0; now < 10_000; now += 500) {
    limit.heard(now, 100, 495)
    limit.rests()
  }
  expect(limit.limit).toBe(0)
})

test('an idle loop that beats rarely has no limit when requests come', () => {
  const limit = new PressureLimit(targetMs)
  for (let now = 0; now < 10_000; now += 1_000) limit.heard(now, 0, 0)
  limit.heard(10_000, 300, 0)
  limit.heard(10_060, 300, 55)
  expect(limit.limit).toBe(0)
})

test('beats that have waited for the balancer itself say nothing of the loop', () => {
  const limit = new PressureLimit(targetMs)
  let now = 0
  for (let stall = 0; stall < 50; stall += 1) {
    now += 100
    for (let beat = 0; beat < 20; beat += 1) limit.heard(now, 100, 0)
  }
  expect(limit.limit).toBe(0)
})

test('with a target of 0 there is no limit', () => {
  const limit = new PressureLimit(0)
  for (let now = 0; now < 10_000; now += 500) limit.heard(now, 100, 495)
  expect(limit.limit).toBe(0)
})

test('whatever it is told, it is none or a whole number of at least eight', () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.nat(5_000), fc.integer({ min: 0, max: 9 }), fc.nat(2_000))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer({ min: 1, max: 500 }), (steps, target) => {
      const limit = new PressureLimit(target)
      let now = 0
      for (const [passed, inFlight, kind, lateMs] of steps) {
        now += passed
        if (kind === 0) limit.rests()
        else limit.heard(now, inFlight, lateMs)
        expect(limit.limit === 0 || limit.limit >= 8).toBe(true)
        expect(Number.isInteger(limit.limit)).toBe(true)
      }
    }),
  )
})
