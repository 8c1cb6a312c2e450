import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { erlangB, erlangC, meanWaitMs, waitQuantileMs, waitsLonger, workersFor } from './erlang.ts'

const markov = { serviceScv: 1, arrivalScv: 1 }

describe('workers with one queue', () => {
  // Two values of every table of traffic theory.
  it('block as Erlang found', () => {
    expect(erlangB(5, 3)).toBeCloseTo(0.110_05, 5)
    expect(erlangB(10, 5)).toBeCloseTo(0.018_385, 6)
  })

  it('let wait as Erlang found', () => {
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12)
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12)
    expect(erlangC(5, 3)).toBeCloseTo(0.236_15, 5)
  })

  it('wait as one worker does in closed form, by chance and with even services', () => {
    const station = { workers: 1, rate: 0.08, serviceMs: 10 }
    expect(meanWaitMs({ ...station, ...markov })).toBeCloseTo(40, 9)
    // Pollaczek and Khinchine: half of it where every service takes the same time.
    expect(meanWaitMs({ ...station, serviceScv: 0, arrivalScv: 1 })).toBeCloseTo(20, 9)
    expect(meanWaitMs({ ...station, serviceScv: 0, arrivalScv: 0 })).toBe(0)
  })

  it('wait for longer than a time as M/M/c says, and the percentile is the way back', () => {
    const station = { workers: 4, rate: 0.3, serviceMs: 10, ...markov }
    expect(waitsLonger(station, 12)).toBeCloseTo(erlangC(4, 3) * Math.exp(-(0.4 - 0.3) * 12), 12)
    expect(waitsLonger(station, waitQuantileMs(station, 0.99))).toBeCloseTo(0.01, 12)
    expect(waitQuantileMs({ ...station, workers: 40 }, 0.99)).toBe(0)
  })

  it('wait for ever where they do not suffice', () => {
    const station = { workers: 2, rate: 0.3, serviceMs: 10, ...markov }
    expect(meanWaitMs(station)).toBe(Number.POSITIVE_INFINITY)
    expect(waitsLonger(station, 1e9)).toBe(1)
  })

  it('are never too few, and one fewer would be', () => {
    const asked = fc.record({
      rate: fc.double({ min: 0.001, max: 2, noNaN: true }),
      serviceMs: fc.double({ min: 0.1, max: 50, noNaN: true }),
    })
    fc.assert(
      fc.property(asked, (given) => {
        const station = { ...given, ...markov }
        const workers = workersFor(station, { waitMs: 1, share: 0.01 }, 1_000)
        expect(waitsLonger({ ...station, workers }, 1)).toBeLessThanOrEqual(0.01)
        if (workers > 1) expect(waitsLonger({ ...station, workers: workers - 1 }, 1)).toBeGreaterThan(0.01)
      }),
    )
  })
})
