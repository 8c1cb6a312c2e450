import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { demandOf, type RouteProbe } from './demand.ts'
import { aloneMs } from './route-demand.ts'

const probe = (given: Partial<RouteProbe>): RouteProbe => ({
  name: 'GET /',
  share: 1,
  aloneMs: [10],
  heldAloneMs: 0.1,
  heldMs: 0.1,
  cpuMs: 0.1,
  besideMs: 0.05,
  connections: 64,
  idle: 0.5,
  perSecond: 6_000,
  ...given,
})

const demand = (given: Partial<RouteProbe>) => demandOf(probe(given), 2).route

describe('what a route asks for', () => {
  it('is waiting where it neither holds its loop nor computes', () => {
    expect(demand({ aloneMs: [49, 50, 51] })).toMatchObject({ cpuMs: 0.1, heldMs: 0, waitMs: 49.9, lockMs: 0 })
  })

  it('is computing where the CPU was busy for as long as the loop was held', () => {
    expect(demand({ aloneMs: [5], heldMs: 5.1, cpuMs: 5, perSecond: 195 })).toMatchObject({ cpuMs: 5, heldMs: 0, lockMs: 0 })
  })

  it('is no waiting where a CPU is only slower for a request that is alone', () => {
    const { waitMs } = demand({ aloneMs: [2.2], heldAloneMs: 2, heldMs: 1.3, cpuMs: 1.3, perSecond: 700 })
    expect(waitMs).toBeCloseTo(0.2, 6)
  })

  it('is holding where the loop was held and no CPU busy', () => {
    expect(demand({ aloneMs: [50], heldMs: 50, cpuMs: 0.2, perSecond: 20 })).toMatchObject({ cpuMs: 0.2, heldMs: 49.8, lockMs: 0 })
  })

  it('is a turn at something shared where many connections are answered as slowly as one', () => {
    const route = demand({ aloneMs: [5], perSecond: 200 })
    expect(route).toMatchObject({ lockIsLocal: false })
    expect(route.lockMs).toBeCloseTo(4.9, 6)
    expect(demand({ aloneMs: [5], perSecond: 200, perSecondOfTwo: 390 }).lockIsLocal).toBe(true)
    // Where the machine had no CPU left, that was the reason.
    expect(demand({ aloneMs: [5], perSecond: 200, idle: 0.05 }).lockMs).toBe(0)
  })

  it('is work beside the loop where the process computes and its loop is free', () => {
    const { route, besideMs } = demandOf(probe({ aloneMs: [60], heldMs: 0.2, cpuMs: 50, perSecond: 36 }), 2)
    expect(route.cpuMs).toBeCloseTo(0.5, 6)
    expect(besideMs).toBeCloseTo(49.55, 6)
  })

  it('takes together what a request takes alone, and keeps how much requests differ', () => {
    const times = fc.array(fc.double({ min: 1, max: 500, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5_000 }), (alone, perSecond) => {
        const route = demand({ aloneMs: alone, perSecond })
        const middle = alone.toSorted((one, other) => one - other)[Math.floor((alone.length - 1) / 2)]!
        expect(aloneMs(route)).toBeCloseTo(Math.max(middle, 0.1), 6)
        for (const factor of route.spread) expect(factor * middle).toBeLessThanOrEqual(Math.max(...alone) * (1 + 1e-9))
      }),
    )
  })
})
