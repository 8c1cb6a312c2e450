import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { demandOf, findingsOf } from '../../test/support/advice.ts'

import { calibrate } from './calibrate.ts'
import { ceilingOf } from './layout.ts'

describe('findings', () => {
  it('stay as they are where nothing contradicts them', () => {
    const findings = findingsOf([demandOf({ cpuMs: 2, heldMs: 5 })], { loops: [{ workers: 1, perSecond: 100 }] })
    expect(calibrate(findings)).toEqual(findings)
  })

  it('allow as much as was answered', () => {
    const given = fc.record({
      cpuMs: fc.double({ min: 0.01, max: 20, noNaN: true }),
      heldMs: fc.double({ min: 0, max: 20, noNaN: true }),
      perSecond: fc.double({ min: 1, max: 20_000, noNaN: true }),
      workers: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(given, ({ cpuMs, heldMs, perSecond, workers }) => {
        const { routes, machine } = calibrate(findingsOf([demandOf({ cpuMs, heldMs })], { loops: [{ workers, perSecond }] }))
        const { perSecond: ceiling } = ceilingOf([{ workers, concurrency: 0, takes: 'all' }], routes, machine)
        expect(ceiling).toBeGreaterThan(perSecond * (1 - 1e-9))
      }),
    )
  })
})
