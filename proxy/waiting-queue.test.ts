import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ManualClock } from '../test/support/endpoints.ts'
import { type Waiter, WaitingQueue } from './waiting-queue.ts'

test('first come, first served', () => {
  const queue = new WaitingQueue<string>(10, new ManualClock())
  for (const item of ['a', 'b', 'c']) queue.push(item, 1_000)
  expect(queue.peek()).toBe('a')
  expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual(['a', 'b', 'c', undefined])
  expect(queue.peek()).toBeUndefined()
})

test('a full queue takes nobody until somebody leaves', () => {
  const queue = new WaitingQueue<string>(1, new ManualClock())
  const first = queue.push('a', 1_000)!
  expect(queue.push('b', 1_000)).toBeUndefined()
  queue.remove(first)
  expect(queue.push('b', 1_000)).toBeDefined()
})

test('a queue of none takes nobody', () => {
  expect(new WaitingQueue<string>(0, new ManualClock()).push('a', 1_000)).toBeUndefined()
})

test('a client that left is passed over, and leaving twice is harmless', () => {
  const queue = new WaitingQueue<string>(10, new ManualClock())
  queue.push('a', 1_000)
  const b = queue.push('b', 1_000)!
  queue.push('c', 1_000)
  queue.remove(b)
  queue.remove(b)
  expect(queue.depth).toBe(2)
  expect([queue.shift(), queue.shift()]).toEqual(['a', 'c'])
})

test('waiters expire at their deadline, in the order they came', () => {
  const clock = new ManualClock()
  const queue = new WaitingQueue<string>(10, clock)
  queue.push('late', 3_000)
  queue.push('early', 1_000)
  clock.time = 500
  queue.push('later', 500)
  expect(queue.expire(999)).toEqual([])
  expect(queue.expire(1_000)).toEqual(['early', 'later'])
  expect(queue.expire(2_999)).toEqual([])
  expect(queue.expire(3_000)).toEqual(['late'])
  expect(queue.depth).toBe(0)
})

test('a waiter says since when it waits', () => {
  const clock = new ManualClock()
  clock.time = 40
  expect(new WaitingQueue<string>(1, clock).push('a', 100)).toMatchObject({ item: 'a', since: 40, deadline: 140 })
})

test('it behaves as a plain list does', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('push' as const), wait: fc.nat(50) }),
    fc.record({ op: fc.constant('shift' as const) }),
    fc.record({ op: fc.constant('remove' as const), index: fc.nat(30) }),
    fc.record({ op: fc.constant('expire' as const), wait: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new ManualClock()
      const queue = new WaitingQueue<number>(5, clock)
      const everyone: Waiter<number>[] = []
      let model: { item: number; deadline: number }[] = []
      for (const one of steps) {
        if (one.op === 'push') {
          const waiter = queue.push(everyone.length, one.wait)
          expect(waiter === undefined).toBe(model.length >= 5)
          if (waiter === undefined) continue
          model.push({ item: everyone.length, deadline: clock.time + one.wait })
          everyone.push(waiter)
        } else if (one.op === 'shift') {
          expect(queue.shift()).toBe(model.shift()?.item)
        } else if (one.op === 'remove') {
          const waiter = everyone[one.index]
          if (waiter !== undefined) queue.remove(waiter)
          model = model.filter(({ item }) => item !== waiter?.item)
        } else {
          clock.time += one.wait
          expect(queue.expire(clock.time)).toEqual(model.filter(({ deadline }) => deadline <= clock.time).map(({ item }) => item))
          model = model.filter(({ deadline }) => deadline > clock.time)
        }
        expect(queue.depth).toBe(model.length)
        expect(queue.peek()).toBe(model[0]?.item)
      }
    }),
  )
})
