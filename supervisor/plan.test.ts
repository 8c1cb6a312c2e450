import { expect, test } from 'vitest'

import { describePlan, placeOf, plan, poolIds } from './plan.ts'

const auto = {
  model: 'hybrid',
  loops: 'auto',
  threads: 1,
  blockingWorkers: 0,
  blockingThreads: 1,
  balancers: 'auto',
  concurrency: 'auto',
} as const

test('hybrid is one loop for each CPU, without a cap', () => {
  expect(plan(auto, 6)).toMatchObject({ loops: 6, balancers: 2, concurrency: 0 })
})

test('sync holds one request in each worker', () => {
  expect(plan({ ...auto, model: 'sync', loops: 3 }, 6)).toMatchObject({ loops: 3, balancers: 1, concurrency: 1 })
})

test('async is one loop', () => {
  expect(plan({ ...auto, model: 'async' }, 6)).toMatchObject({ loops: 1, balancers: 1, concurrency: 0 })
})

test('what is asked for wins over what would be chosen', () => {
  expect(plan({ ...auto, model: 'sync', loops: 9, balancers: 3, concurrency: 5 }, 2)).toMatchObject({
    loops: 9,
    balancers: 3,
    concurrency: 5,
  })
  expect(plan({ ...auto, model: 'sync', concurrency: 'unlimited' }, 2).concurrency).toBe(0)
})

test('there are never more balancers than CPUs by themselves', () => {
  expect(plan({ ...auto, loops: 40 }, 2).balancers).toBe(2)
  expect(plan({ ...auto, loops: 40 }, 1).balancers).toBe(1)
})

test('there are never more balancers by themselves than a loop may hold requests', () => {
  expect(plan({ ...auto, model: 'sync', loops: 16 }, 16).balancers).toBe(1)
  expect(plan({ ...auto, concurrency: 2, loops: 16 }, 16).balancers).toBe(2)
})

test('loops share processes as threads, and keep their ids', () => {
  const planned = plan({ ...auto, model: 'sync', loops: 5, threads: 2 }, 2)
  expect(describePlan(planned)).toBe('5 loops in 3 processes, 1 balancer')
  expect(['0', '1', '2', '4'].map((id) => placeOf(id, planned))).toEqual([
    { host: '0', thread: 0, threads: 2, concurrency: 1, forBlocking: false },
    { host: '0', thread: 1, threads: 2, concurrency: 1, forBlocking: false },
    { host: '1', thread: 0, threads: 2, concurrency: 1, forBlocking: false },
    { host: '2', thread: 0, threads: 2, concurrency: 1, forBlocking: false },
  ])
  expect(placeOf('3', plan(auto, 4))).toEqual({ threads: 1, concurrency: 0, forBlocking: false })
})

test('workers for blocking routes hold one request each, whatever the loops hold', () => {
  const planned = plan({ ...auto, loops: 2, blockingWorkers: 3, blockingThreads: 2 }, 2)
  expect(describePlan(planned)).toBe('2 loops, 3 blocking workers, 1 balancer')
  expect(poolIds(planned)).toEqual(['b0', 'b1', 'b2'])
  expect(placeOf('b2', planned)).toEqual({ host: 'b1', thread: 0, threads: 2, concurrency: 1, forBlocking: true })
  expect(placeOf('0', planned)).toEqual({ threads: 1, concurrency: 0, forBlocking: false })
})
