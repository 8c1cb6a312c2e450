import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { seededRng } from '../../load/seeded-rng.ts'

import { fitScaling, peakWorkers, type Scaling, throughputOf } from './usl.ts'

const measure = (scaling: Scaling, counts: readonly number[], noise: () => number = () => 1) =>
  counts.map((workers) => ({ workers, perSecond: throughputOf(scaling, workers) * noise() }))

describe('the law of scalability', () => {
  it('is found again exactly in what it generated', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 50_000, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        (one, contention, coherency) => {
          const fit = fitScaling(measure({ one, contention, coherency }, [1, 2, 4, 8, 16]))!
          expect(fit.one / one).toBeCloseTo(1, 6)
          expect(fit.contention).toBeCloseTo(contention, 6)
          expect(fit.coherency).toBeCloseTo(coherency, 6)
          expect(fit.r2).toBeCloseTo(1, 6)
        },
      ),
    )
  })

  it('is found again closely where every measurement is off by up to 3 %', () => {
    const truth = { one: 240, contention: 0.08, coherency: 0.004 }
    for (let seed = 1; seed <= 20; seed++) {
      const rng = seededRng(seed)
      const fit = fitScaling(measure(truth, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32], () => 0.97 + 0.06 * rng()))!
      expect(Math.abs(fit.one / truth.one - 1)).toBeLessThan(0.05)
      expect(Math.abs(peakWorkers(fit) / peakWorkers(truth) - 1)).toBeLessThan(0.2)
      expect(throughputOf(fit, 16) / throughputOf(truth, 16)).toBeCloseTo(1, 1)
    }
  })

  it('never takes workers to help each other, whatever was measured', () => {
    const points = fc.array(
      fc.record({ workers: fc.integer({ min: 1, max: 64 }), perSecond: fc.double({ min: 0.1, max: 1e5, noNaN: true }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(points, (measured) => {
        const fit = fitScaling(measured)!
        expect(fit.one).toBeGreaterThan(0)
        expect(fit.contention).toBeGreaterThanOrEqual(0)
        expect(fit.coherency).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('has its peak where one worker more and one fewer answer less', () => {
    const scaling = { one: 100, contention: 0.05, coherency: 0.003 }
    const peak = peakWorkers(scaling)
    expect(throughputOf(scaling, peak)).toBeGreaterThan(throughputOf(scaling, peak * 1.1))
    expect(throughputOf(scaling, peak)).toBeGreaterThan(throughputOf(scaling, peak / 1.1))
    expect(peakWorkers({ one: 1, contention: 0.1, coherency: 0 })).toBe(Number.POSITIVE_INFINITY)
    expect(peakWorkers({ one: 1, contention: 1.2, coherency: 0.1 })).toBe(1)
  })

  it('is a straight line where one number of workers alone was measured, and nothing where none answered', () => {
    expect(fitScaling([{ workers: 4, perSecond: 80 }])).toMatchObject({ one: 20, contention: 0, coherency: 0 })
    expect(fitScaling([{ workers: 4, perSecond: 0 }])).toBeUndefined()
  })
})
