import { describe, expect, it } from 'vitest'

import { demandOf } from '../../test/support/advice.ts'
import { seededRng } from '../../load/seeded-rng.ts'

import { erlangC, meanWaitMs, waitQuantileMs } from './erlang.ts'
import { ceilingOf, type Layout } from './layout.ts'
import { loopResponseMs, sharedResponseMs, turnWaitMs } from './processor-sharing.ts'
import type { RouteDemand } from './route-demand.ts'
import { simulate, type Traffic } from './simulate.ts'

const route = (demand: Partial<RouteDemand>): RouteDemand => demandOf({ cpuMs: 0, ...demand })

/** Factors around 1 as an exponential distribution has them. */
const exponentialSpread = Array.from({ length: 2_000 }, (_, at) => -Math.log(1 - (at + 0.5) / 2_000))

const machine = { cpus: 64, besideMs: 0 }
const workers = (count: number): Layout => [{ workers: count, concurrency: 1, takes: 'all' }]
const loops = (count: number): Layout => [{ workers: count, concurrency: 0, takes: 'all' }]

const run = (layout: Layout, routes: readonly RouteDemand[], traffic: Partial<Traffic> & { rate: number }, cpus = machine.cpus) =>
  simulate(layout, routes, { cpus, besideMs: 0 }, { arrivals: 'chance', requests: 200_000, ...traffic }, seededRng(7))

const closeTo = (value: number, expected: number, share: number): void => {
  expect(Math.abs(value / expected - 1), `${value} beside ${expected}`).toBeLessThan(share)
}

describe('the simulation of workers', { timeout: 60_000 }, () => {
  it('waits as Erlang says where arrivals and services come by chance', () => {
    const station = { workers: 4, rate: 0.32, serviceMs: 10, serviceScv: 1, arrivalScv: 1 }
    const found = run(workers(4), [route({ heldMs: 10, spread: exponentialSpread })], { rate: 320 })
    closeTo(found.meanMs, 10 + meanWaitMs(station), 0.05)
    closeTo(found.queueP99Ms, waitQuantileMs(station, 0.99), 0.1)
  })

  it('waits as Allen and Cunneen say, nearly, where every service takes the same time', () => {
    const station = { workers: 8, rate: 0.72, serviceMs: 10, serviceScv: 0, arrivalScv: 1 }
    const found = run(workers(8), [route({ waitMs: 10 })], { rate: 720 })
    closeTo(found.meanMs - 10, meanWaitMs(station), 0.12)
    expect(erlangC(8, 7.2)).toBeGreaterThan(0.5)
  })

  it('lets nobody wait where even arrivals meet enough workers, and answers at their pace where they do not suffice', () => {
    const enough = run(workers(5), [route({ waitMs: 50 })], { rate: 100, arrivals: 'even', requests: 2_000 })
    expect(enough.p99Ms).toBeCloseTo(50, 6)
    const few = run(workers(4), [route({ waitMs: 50 })], { rate: 100, arrivals: 'even', requests: 2_000 })
    closeTo(few.perSecond, 80, 0.02)
    closeTo(ceilingOf(workers(4), [route({ waitMs: 50 })], machine).perSecond, 80, 1e-9)
  })

  it('answers no faster than its CPUs compute, however many workers there are', () => {
    const busy = [route({ cpuMs: 5 })]
    closeTo(run(workers(16), busy, { rate: 600, arrivals: 'even', requests: 10_000 }, 2).perSecond, 400, 0.02)
    expect(ceilingOf(workers(16), busy, { cpus: 2, besideMs: 0 })).toEqual({ perSecond: 400, by: 'cpu' })
  })

  it('shares CPUs as the theory of processor sharing says', () => {
    const found = run(workers(500), [route({ cpuMs: 1, waitMs: 3, spread: exponentialSpread })], { rate: 700 }, 1)
    closeTo(found.meanMs, sharedResponseMs({ busyMs: 1, waitMs: 3 }, 0.7), 0.05)
  })
})

describe('the simulation of event loops', { timeout: 60_000 }, () => {
  it('delays every turn by the turns before it, as Pollaczek and Khinchine say', () => {
    const routes = [route({ share: 0.9, cpuMs: 1 }), route({ name: 'GET /block', share: 0.1, heldMs: 30 })]
    const work = { busyMs: 3.9, turnSquareMs: 0.9 + 90, turns: 1, waitMs: 0 }
    const found = run(loops(1), routes, { rate: 150 })
    closeTo(found.meanMs, loopResponseMs(0.15, work), 0.06)
    closeTo(found.routes[0]!.meanMs, 1 + turnWaitMs(0.15, work), 0.06)
  })

  it('holds as many requests as wait', () => {
    const found = run(loops(1), [route({ cpuMs: 0.1, waitMs: 200 })], { rate: 5_000, arrivals: 'even', requests: 20_000 })
    expect(found.p99Ms).toBeLessThan(201)
  })

  it('spares ordinary requests what a pool takes', () => {
    const routes = [route({ share: 0.9, cpuMs: 1 }), route({ name: 'GET /block', share: 0.1, heldMs: 50 })]
    const pool: Layout = [
      { workers: 1, concurrency: 0, takes: 'ordinary' },
      { workers: 2, concurrency: 1, takes: 'blocking' },
    ]
    const beside = run(pool, routes, { rate: 100 }, 2).routes[0]!.p99Ms
    const among = run(loops(3), routes, { rate: 100 }, 2).routes[0]!.p99Ms
    expect(beside).toBeLessThan(10)
    expect(among).toBeGreaterThan(4 * beside)
  })

  it('answers one after the other what waits for one lock, and no faster with more loops unless each has its own', () => {
    const locked = [route({ lockMs: 10 })]
    const at = { rate: 300, arrivals: 'even', requests: 3_000 } as const
    closeTo(run(loops(1), locked, at).perSecond, 100, 0.02)
    closeTo(run(loops(4), locked, at).perSecond, 100, 0.02)
    closeTo(run(loops(4), [route({ lockMs: 10, lockIsLocal: true })], at).perSecond, 300, 0.02)
    expect(ceilingOf(loops(4), locked, machine)).toEqual({ perSecond: 100, by: 'lock' })
  })

  it('is the same for the same seed', () => {
    const routes = [route({ cpuMs: 1, waitMs: 5, spread: exponentialSpread })]
    expect(run(loops(2), routes, { rate: 500, requests: 2_000 })).toEqual(run(loops(2), routes, { rate: 500, requests: 2_000 }))
  })
})
