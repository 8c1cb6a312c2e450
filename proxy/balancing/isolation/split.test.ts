import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { LoopCounts } from '../../../test/support/route-reports.ts'
import { seeded } from '../../../test/support/seeded.ts'
import type { Demand } from './demand.ts'
import { RouteClasses } from './route-classes.ts'
import { Split } from './split.ts'

const demandOf = (demand: Partial<Demand>): Demand => ({
  blockingLoops: 0,
  otherLoops: 0,
  otherShare: 1,
  blockingSeen: (demand.blockingLoops ?? 0) > 0,
  ...demand,
})

/** Reviews ten times a second for so long. */
function hold(split: Split, loops: number, demand: Partial<Demand>, from: number, seconds: number): number[] {
  return Array.from({ length: seconds * 10 + 1 }, (_, index) => split.review(loops, demandOf(demand), from + index * 100))
}

test('keeps the fewest loops that carry the blocking routes under the target', () => {
  expect(new Split(0.5).review(8, demandOf({ blockingLoops: 0.4 }), 0)).toBe(1)
  expect(new Split(0.5).review(8, demandOf({ blockingLoops: 1.2 }), 0)).toBe(3)
  expect(new Split(0.8).review(8, demandOf({ blockingLoops: 1.2 }), 0)).toBe(2)
  expect(new Split(0.5).review(8, demandOf({ blockingLoops: 1.2, otherLoops: 4.5 }), 0)).toBe(2)
  expect(new Split(0.5).review(2, demandOf({ blockingLoops: 1.2, otherLoops: 4.5 }), 0)).toBe(1)
})

test('keeps none where there is nothing to keep apart', () => {
  expect(new Split(0.5).review(8, demandOf({}), 0)).toBe(0)
  expect(new Split(0.5).review(1, demandOf({ blockingLoops: 0.4 }), 0)).toBe(0)
  expect(new Split(0.5).review(4, demandOf({ blockingLoops: 3, otherShare: 0.01 }), 0)).toBe(0)
  expect(new Split(0.5).review(8, demandOf({ blockingLoops: 3, otherShare: 0.01 }), 0)).toBe(6)
})

test('keeps one as soon as a blocking route has been asked for', () => {
  expect(new Split(0.5).review(4, demandOf({ blockingSeen: true }), 0)).toBe(1)
})

test('grows at once, shrinks one by one, and is gone within seconds after it is needed no more', () => {
  const split = new Split(0.5)
  expect(split.review(16, demandOf({ blockingLoops: 4 }), 0)).toBe(8)
  const shrinking = hold(split, 16, { blockingLoops: 2.1 }, 100, 60)
  expect([...new Set(shrinking)]).toEqual([8, 7, 6])
  expect(shrinking.indexOf(7)).toBeGreaterThanOrEqual(99)
  expect(hold(split, 16, {}, 60_000, 11).at(-1)).toBe(0)
})

test('one that was given up too early stays for longer the next time', () => {
  const split = new Split(0.5)
  let now = 0
  let changes = 0
  let last = 2
  for (let round = 0; round < 30; round++) {
    for (const blockingLoops of [0.9, 0.35]) {
      for (const kept of hold(split, 8, { blockingLoops }, now, 12)) {
        if (kept !== last) changes++
        last = kept
      }
      now += 12_100
    }
  }
  expect(changes).toBe(2)
})

test('the others have a loop as long as they need one, and so have the blocking routes', () => {
  const demand = fc.record({
    blockingLoops: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20, noNaN: true })),
    otherLoops: fc.double({ min: 0, max: 20, noNaN: true }),
    otherShare: fc.double({ min: 0, max: 1, noNaN: true }),
    blockingSeen: fc.boolean(),
  })
  const step = fc.record({ demand, loops: fc.nat(12), pause: fc.integer({ min: 50, max: 30_000 }) })
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), fc.array(step, { maxLength: 50 }), (target, steps) => {
      const split = new Split(target)
      let now = 0
      for (const { demand, loops, pause } of steps) {
        now += pause
        const kept = split.review(loops, demand, now)
        const reserve = split.reserve(loops, demand)
        expect(kept).toBeGreaterThanOrEqual(0)
        expect(kept).toBeLessThanOrEqual(Math.max(0, loops - 1))
        expect(Number.isInteger(kept) && Number.isInteger(reserve)).toBe(true)
        if (demand.blockingSeen && loops >= 2 && demand.otherShare >= 0.1) expect(kept).toBeGreaterThanOrEqual(1)
        if (loops >= 2 && demand.otherShare >= 0.1) expect(reserve).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

interface Load {
  readonly loops: number
  /** Requests a second on a route that blocks, and for how long each does. */
  readonly rate: number
  readonly holdMs: number
}

/** Ten reviews a second over requests that come as they please; each loop reports when it likes. */
function simulate(seed: number, seconds: number, loadAt: (second: number) => Load): number[] {
  const rng = seeded(seed)
  const classes = new RouteClasses({ isolation: { mode: 'auto', threshold: 10, target: 0.5 }, routes: {} })
  const split = new Split(0.5)
  const loops = Array.from({ length: loadAt(0).loops }, (_, index) => ({
    name: `loop ${index}`,
    counts: new LoopCounts(),
    next: rng() * 1_000,
  }))
  return Array.from({ length: seconds * 10 }, (_, tick) => {
    const now = tick * 100
    const { rate, holdMs } = loadAt(now / 1_000)
    const pause = () => (-Math.log(1 - rng()) / rate) * 1_000
    for (let due = now + pause(); due < now + 100; due += pause())
      loops[Math.floor(rng() * loops.length)]!.counts.held('GET /slow/:id', holdMs)
    for (const loop of loops) {
      loop.counts.held('GET /fast', 0.5, 5)
      if (now < loop.next) continue
      loop.next = now + 100 + rng() * 900
      classes.note(loop.name, loop.counts.report, now)
    }
    classes.review(now)
    return split.review(loops.length, classes.demand(now), now)
  })
}

const changesOf = (kept: readonly number[]): number => kept.filter((one, index) => index > 0 && one !== kept[index - 1]).length

describe('with what loops report of requests that come at random', () => {
  const steady: readonly Load[] = [
    { loops: 4, rate: 12, holdMs: 50 },
    { loops: 8, rate: 8, holdMs: 100 },
    { loops: 8, rate: 10, holdMs: 250 },
    { loops: 4, rate: 0.5, holdMs: 200 },
    { loops: 16, rate: 40, holdMs: 100 },
  ]
  test.each(steady)('a steady load keeps what it has: $rate/s of $holdMs ms on $loops loops', (load) => {
    for (const seed of [1, 2, 3]) {
      const kept = simulate(seed, 630, () => load).slice(300)
      expect(changesOf(kept)).toBeLessThanOrEqual(2)
      expect(Math.min(...kept)).toBeGreaterThanOrEqual((load.rate * load.holdMs) / 1_000)
      expect(Math.max(...kept)).toBeLessThanOrEqual(Math.ceil((load.rate * load.holdMs) / 500) + 2)
    }
  })

  test.each([
    { loops: 4, rate: 12, holdMs: 50 },
    { loops: 8, rate: 8, holdMs: 100 },
    { loops: 8, rate: 30, holdMs: 100 },
  ])('a rise is carried within 2.5 seconds: to $rate/s of $holdMs ms on $loops loops', (load) => {
    for (let seed = 1; seed <= 20; seed++) {
      const kept = simulate(seed, 33, (second) => (second < 30 ? { ...load, rate: 0 } : load))
      expect(kept.slice(0, 300).every((one) => one === 0)).toBe(true)
      expect(kept[325]).toBeGreaterThanOrEqual(Math.floor((load.rate * load.holdMs) / 1_000) + 1)
    }
  })

  test('is back at none within a minute after the last blocking request', () => {
    const kept = simulate(1, 95, (second) => ({ loops: 8, rate: second < 30 ? 20 : 0, holdMs: 100 }))
    expect(kept[299]).toBeGreaterThanOrEqual(4)
    expect(kept[900]).toBe(0)
  })
})
