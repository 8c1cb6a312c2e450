import fc from 'fast-check'
import { expect, test } from 'vitest'

import { endpointsHolding, ManualClock } from '../../test/support/endpoints.ts'
import { seeded } from '../../test/support/seeded.ts'
import type { Endpoint } from './endpoint.ts'
import { SlowStart } from './slow-start.ts'

const ms = 5_000

function build(seed = 1) {
  const clock = new ManualClock()
  return { clock, start: new SlowStart(ms, clock, seeded(seed)) }
}

/** In which share of the choices it takes part. */
function shareOf(endpoint: Endpoint, start: SlowStart, serving: readonly Endpoint[]): number {
  let times = 0
  for (let i = 0; i < 4_000; i += 1) if (start.thin(serving).includes(endpoint)) times += 1
  return times / 4_000
}

/** Three that have been there for long. */
function warm() {
  const built = build()
  const olds = endpointsHolding([0, 0, 0])
  built.start.follow(olds)
  built.clock.time = 60_000
  return { ...built, olds }
}

test('one that joins others takes part in a tenth of the choices at first, then in more, at last in all', () => {
  const { clock, start, olds } = warm()
  const [fresh] = endpointsHolding([0])
  const serving = [...olds, fresh!]
  start.follow(serving)
  expect(start.active).toBe(true)
  expect(shareOf(fresh!, start, serving)).toBeCloseTo(0.1, 1)
  for (const old of olds) expect(shareOf(old, start, serving)).toBe(1)
  clock.time += ms / 2
  expect(shareOf(fresh!, start, serving)).toBeCloseTo(0.55, 1)
  clock.time += ms / 2
  expect(start.active).toBe(false)
  expect(start.thin(serving)).toBe(serving)
})

test('those that start together are not slowed, though one is there a little sooner', () => {
  const { clock, start } = build()
  const all = endpointsHolding([0, 0, 0])
  for (let count = 1; count <= all.length; count += 1) {
    start.follow(all.slice(0, count))
    clock.time += 300
    expect(start.active).toBe(false)
  }
})

test('one that comes when nobody else serves is not slowed', () => {
  const { clock, start, olds } = warm()
  start.follow([])
  clock.time += 100
  const successors = endpointsHolding([0, 0])
  start.follow(successors)
  expect(start.active).toBe(false)
  expect(start.thin(successors)).toBe(successors)
  expect(olds).toHaveLength(3)
})

test('one that was ejected or silent and is back is not slowed', () => {
  const { clock, start, olds } = warm()
  start.follow(olds.slice(1))
  clock.time += 30_000
  start.follow(olds)
  expect(start.active).toBe(false)
})

test('one that goes while it is fresh and is back is as fresh as its time says', () => {
  const { clock, start, olds } = warm()
  const serving = [...olds, ...endpointsHolding([0])]
  start.follow(serving)
  start.follow(olds)
  expect(start.active).toBe(false)
  clock.time += ms / 2
  start.follow(serving)
  expect(shareOf(serving[3]!, start, serving)).toBeCloseTo(0.55, 1)
})

test('where most are fresh at once, the others get no more than twice their share', () => {
  const { start, olds } = warm()
  const fresh = endpointsHolding([0, 0, 0, 0])
  const serving = [olds[0]!, ...fresh]
  start.follow(serving)
  const work = new Map<Endpoint, number>()
  for (let i = 0; i < 10_000; i += 1) {
    const taking = start.thin(serving)
    for (const each of taking) work.set(each, (work.get(each) ?? 0) + 1 / taking.length)
  }
  expect(work.get(olds[0]!)! / 10_000).toBeLessThan(0.5)
  for (const each of fresh) expect(work.get(each)! / 10_000).toBeGreaterThan(0.1)
})

test('0 slows none', () => {
  const clock = new ManualClock()
  const start = new SlowStart(0, clock, () => 0.99)
  const serving = endpointsHolding([0, 0])
  start.follow(serving.slice(1))
  clock.time = 60_000
  start.follow(serving)
  expect(start.active).toBe(false)
})

test('whoever comes and goes: some of those that serve, all that are not fresh, and never none of some', () => {
  const anyone = endpointsHolding([0, 0, 0, 0, 0])
  const step = fc.record({ serving: fc.subarray(anyone), passed: fc.integer({ min: 0, max: 4_000 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.integer(), (steps, seed) => {
      const { clock, start } = build(seed)
      const seenAt = new Map<Endpoint, number>()
      for (const { serving, passed } of steps) {
        clock.time += passed
        start.follow(serving)
        for (const each of serving) if (!seenAt.has(each)) seenAt.set(each, clock.time)
        for (let choice = 0; choice < 5; choice += 1) {
          clock.time += 100
          const taking = start.thin(serving)
          expect(taking.length > 0).toBe(serving.length > 0)
          expect(new Set(taking).size).toBe(taking.length)
          for (const each of taking) expect(serving).toContain(each)
          for (const each of serving) if (clock.time - seenAt.get(each)! >= ms) expect(taking).toContain(each)
        }
      }
    }),
  )
})
