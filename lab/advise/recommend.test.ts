import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { demandOf as route, findingsOf as findings } from '../../test/support/advice.ts'

import { explain } from './explain.ts'
import { recommend } from './recommend.ts'
import { workersOf } from './setup.ts'

describe('advice', { timeout: 60_000 }, () => {
  it('is one loop where requests only wait, however many wait at once', () => {
    const advice = recommend(findings([route({ waitMs: 50 })]), { rate: 2_000 })
    expect(advice.setup).toMatchObject({ model: 'async', loops: 1 })
    expect(advice.predicted.p99Ms).toBeLessThan(51)
    expect(advice.concurrency).toBe('auto')
  })

  it('is a worker per CPU where requests only compute and all CPUs are needed', () => {
    const advice = recommend(findings([route({ cpuMs: 5 })]), { rate: 560 })
    expect(workersOf(advice.setup)).toBe(4)
    expect(advice.predicted.p99Ms).toBeLessThan(8)
  })

  it('keeps the routes that block away from the others', () => {
    const routes = [route({ share: 0.9, cpuMs: 0.2 }), route({ name: 'GET /block', share: 0.1, heldMs: 50 })]
    const advice = recommend(findings(routes, {}, 2), { rate: 150 })
    expect(advice.setup.model).toBe('hybrid')
    expect(advice.setup.blockingWorkers).toBeGreaterThanOrEqual(1)
    expect(advice.predicted.routes[0]!.p99Ms).toBeLessThan(5)
    expect(explain(findings(routes, {}, 2), advice).join(' ')).toContain('GET /block holds an event loop for 50 ms')
  })

  it('adds no workers where all wait for one lock, and limits what is let in', () => {
    const routes = [route({ lockMs: 10 })]
    const advice = recommend(findings(routes), { rate: 70 })
    expect(workersOf(advice.setup)).toBe(1)
    expect(advice.ceiling).toMatchObject({ by: 'lock' })
    expect(advice.concurrency).toBeGreaterThan(1)
  })

  it('says what ends it where nothing reaches the rate', () => {
    const asked = findings([route({ lockMs: 10 })])
    const advice = recommend(asked, { rate: 500 })
    expect(advice.reaches).toBe(false)
    expect(explain(asked, advice)[0]).toMatch(
      /^Nothing on this machine answers 500 requests a second .* 100 at most; what serves one request at a time/,
    )
  })

  it('takes the least memory that stays below the p99 asked for', () => {
    const asked = findings([route({ cpuMs: 2 })])
    const loose = recommend(asked, { rate: 300, p99Ms: 50 })
    const tight = recommend(asked, { rate: 300, p99Ms: 3 })
    expect(loose.reaches && tight.reaches).toBe(true)
    expect(loose.memoryBytes).toBeLessThanOrEqual(tight.memoryBytes)
    expect(recommend(asked, { rate: 300, p99Ms: 1 }).reaches).toBe(false)
  })

  it('believes what was measured of many workers more than what one request says', () => {
    const measured = [1, 2, 4, 8].map((workers) => ({ workers, perSecond: [180, 190, 180, 150][Math.log2(workers)]! }))
    const advice = recommend(findings([route({ cpuMs: 5 })], { loops: measured, syncWorkers: measured }), { rate: 150 })
    expect(workersOf(advice.setup)).toBeLessThan(4)
  })

  it('keeps to the memory of the machine, and is the same each time', () => {
    const demand = fc.record({
      cpuMs: fc.double({ min: 0.02, max: 10, noNaN: true }),
      heldMs: fc.double({ min: 0, max: 60, noNaN: true }),
      waitMs: fc.double({ min: 0, max: 100, noNaN: true }),
    })
    fc.assert(
      fc.property(demand, fc.integer({ min: 1, max: 300 }), (given, rate) => {
        const asked = findings([route(given)], { machine: { cpus: 2, besideMs: 0.05, memoryBytes: 2 ** 29 } })
        const advice = recommend(asked, { rate })
        expect(advice.memoryBytes).toBeLessThanOrEqual(0.8 * 2 ** 29)
        expect(workersOf(advice.setup)).toBeGreaterThanOrEqual(1)
        if (advice.reaches) expect(advice.predicted.perSecond).toBeGreaterThan(rate * 0.9)
        expect(recommend(asked, { rate }).setup).toEqual(advice.setup)
      }),
      { numRuns: 8 },
    )
  })
})
