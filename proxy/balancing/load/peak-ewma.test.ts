import fc from 'fast-check'
import { expect, test } from 'vitest'

import { endpointsHolding, ManualClock } from '../../../test/support/endpoints.ts'
import { seeded } from '../../../test/support/seeded.ts'
import { createPolicy } from '../policies/create-policy.ts'
import { PeakEwma } from './peak-ewma.ts'

function settledAt(rttMs: number): PeakEwma {
  const latency = new PeakEwma(0)
  for (let now = 1; now <= 60_000; now += 100) latency.observe(rttMs, now)
  return latency
}
const settled = 60_000

test('a new endpoint does not look free', () => {
  expect(new PeakEwma(0).cost(0, 0)).toBeGreaterThan(settledAt(20).cost(settled, 0))
})

test('it follows the latency it sees', () => {
  expect(settledAt(20).cost(settled, 0)).toBeCloseTo(20, 0)
})

test('a rise counts at once, a fall slowly', () => {
  const latency = settledAt(20)
  latency.observe(500, settled)
  expect(latency.cost(settled, 0)).toBe(500)
  latency.observe(20, settled + 1)
  expect(latency.cost(settled + 1, 0)).toBeGreaterThan(490)
  latency.observe(20, settled + 10_000)
  expect(latency.cost(settled + 10_000, 0)).toBeLessThan(250)
})

test('each request held makes the next dearer', () => {
  const latency = settledAt(20)
  expect(latency.cost(settled, 3)).toBeCloseTo(4 * latency.cost(settled, 0))
})

test('a failure that came quickly makes it dearer, not cheaper', () => {
  const latency = settledAt(20)
  latency.observe(0.1, settled)
  latency.penalise(settled)
  expect(latency.cost(settled, 0)).toBeGreaterThanOrEqual(1_000)
})

test('penalties are bounded, so that it is forgiven in the end', () => {
  const latency = new PeakEwma(0)
  for (let i = 0; i < 1_000; i += 1) latency.penalise(0)
  expect(latency.cost(0, 0)).toBeLessThanOrEqual(60_000)
  expect(latency.cost(180_000, 0)).toBe(1)
})

test('asking for the cost changes nothing', () => {
  const latency = new PeakEwma(0)
  const before = latency.cost(5_000, 2)
  latency.cost(1e9, 0)
  expect(latency.cost(5_000, 2)).toBe(before)
})

test('whatever it is told, the cost is a positive number and falls with time', () => {
  const anyNumber = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e6 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 20 }), (observations) => {
      const latency = new PeakEwma(0)
      for (const [rtt, now] of observations) latency.observe(rtt, now)
      latency.penalise(100)
      const [early, late] = [latency.cost(1_000, 0), latency.cost(20_000, 0)]
      expect(early).toBeGreaterThanOrEqual(1)
      expect(Number.isFinite(early)).toBe(true)
      expect(late).toBeLessThanOrEqual(early)
    }),
  )
})

test('whatever the endpoints are like: the one that fails gets little while others serve, and nobody is forgotten', () => {
  const times = fc.array(fc.double({ min: 0.1, max: 2_000, noNaN: true }), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(times, fc.integer(), (rttMs, seed) => {
      const clock = new ManualClock()
      const serving = endpointsHolding(rttMs.map(() => 0))
      const policy = createPolicy('peak-ewma', clock, seeded(seed))
      const pickedAt = rttMs.map(() => 0)
      let [failures, longestMs] = [0, 0]
      for (; clock.time < 600_000; clock.time += 100) {
        const index = serving.indexOf(policy.pick(serving, undefined)!)
        const { latency } = serving[index]!
        if (index > 0) latency.observe(rttMs[index]!, clock.time)
        else latency.penalise(clock.time)
        if (index === 0) failures += 1
        longestMs = Math.max(longestMs, clock.time - pickedAt[index]!)
        pickedAt[index] = clock.time
      }
      // The greatest penalty has decayed to the least cost by then, and a tie is drawn.
      for (const at of pickedAt) expect(Math.max(longestMs, clock.time - at)).toBeLessThan(180_000)
      expect(failures / 6_000).toBeLessThan(0.1)
    }),
    { numRuns: 50 },
  )
})
