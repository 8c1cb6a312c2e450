import fc from 'fast-check'
import { expect, test } from 'vitest'

import { delayOf } from './delay-ticks.ts'
import { buildReport, percentile } from './report.ts'

const window = {
  utilization: 0.5,
  delaysMs: [0, 0, 181],
  inFlight: 2,
  requests: 9,
  rssBytes: 20,
  heapUsedBytes: 10,
  routes: [],
  isolated: true,
}

test('one stall in a quiet window shows in its p99', () => {
  expect(buildReport(window)).toEqual({
    utilization: 0.5,
    delayP99Ms: 181,
    inFlight: 2,
    requests: 9,
    rssBytes: 20,
    heapUsedBytes: 10,
    routes: [],
    isolated: true,
  })
})

test('utilization stays between 0 and 1 whatever clocks say', () => {
  expect(buildReport({ ...window, utilization: 1.02 }).utilization).toBe(1)
  expect(buildReport({ ...window, utilization: -0.1, delaysMs: [] })).toMatchObject({ utilization: 0, delayP99Ms: 0 })
})

test('a percentile is one of the values, and no smaller share is above it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const found = percentile(values, share)
      expect(values).toContain(found)
      expect(values.filter((each) => each <= found).length).toBeGreaterThanOrEqual(Math.floor(share * values.length))
    }),
  )
})

test('an idle loop has no delay, a block of 200 ms about 200', () => {
  expect(delayOf(20.4)).toBe(0)
  expect(delayOf(210)).toBe(190)
})
