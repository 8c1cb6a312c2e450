import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Step } from './comparison.ts'
import { capacityFrom, ladder, roundRate, worthOffering } from './ladder.ts'

const step = (offered: number, throughput: number, saturated: boolean): Step => ({ offered, throughput, saturated }) as Step

describe('the ladder of rates', () => {
  test('begins where all keep up, ends where none does, and grows by a factor', () => {
    expect(ladder([357, 667, 1_333], 6)).toEqual([180, 270, 420, 650, 1_000, 1_500])
  })

  test('has two digits that mean something', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (rate) => {
        expect(roundRate(rate) / rate).toBeCloseTo(1, 1)
        expect(Number(roundRate(rate).toPrecision(2))).toBe(roundRate(rate))
      }),
    )
  })

  test('grows, and is never empty where anybody answered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.5, max: 1e5, noNaN: true }), { minLength: 1 }),
        fc.integer({ min: 2, max: 10 }),
        (capacities, count) => {
          const rates = ladder(capacities, count)
          expect(rates.length).toBeGreaterThan(0)
          expect(rates).toEqual(rates.toSorted((a, b) => a - b))
          expect(rates[0]).toBeLessThanOrEqual(Math.min(...capacities))
        },
      ),
    )
    expect(ladder([0, 0], 6)).toEqual([])
  })

  test('a model is offered what it may keep up with and one rate more, but no flood', () => {
    const rates = [40, 100, 250, 640, 1_600]
    expect(worthOffering(rates, 110)).toEqual([40, 100, 250])
    expect(worthOffering(rates, 50)).toEqual([40, 100])
    expect(worthOffering([40, 1_600], 50)).toEqual([40])
    expect(worthOffering(rates, 5_000)).toEqual(rates)
    expect(worthOffering(rates, 1)).toEqual([40])
  })
})

describe('the capacity of a model', () => {
  test('is what it did in a burst, where the steps say the same', () => {
    expect(capacityFrom(300, [step(100, 100, false), step(400, 290, true)])).toBe(300)
  })

  test('is at least a rate that it kept up with', () => {
    expect(capacityFrom(300, [step(400, 398, false)])).toBe(398)
  })

  test('is no more than a rate that it did not keep up with', () => {
    expect(capacityFrom(300, [step(100, 100, false), step(200, 150, true)])).toBe(200)
  })

  test('is 0 of one that answered nothing', () => {
    expect(capacityFrom(0, [])).toBe(0)
  })
})
