import { expect, test } from 'vitest'

import { plan } from './plan.ts'

const auto = { model: 'hybrid', loops: 'auto', balancers: 'auto', concurrency: 'auto' } as const

test('hybrid is one loop for each CPU, without a cap', () => {
  expect(plan(auto, 6)).toEqual({ loops: 6, balancers: 2, concurrency: 0 })
})

test('sync holds one request in each worker', () => {
  expect(plan({ ...auto, model: 'sync', loops: 3 }, 6)).toEqual({ loops: 3, balancers: 1, concurrency: 1 })
})

test('async is one loop', () => {
  expect(plan({ ...auto, model: 'async' }, 6)).toEqual({ loops: 1, balancers: 1, concurrency: 0 })
})

test('what is asked for wins over what would be chosen', () => {
  expect(plan({ ...auto, model: 'sync', loops: 9, balancers: 3, concurrency: 5 }, 2)).toEqual({ loops: 9, balancers: 3, concurrency: 5 })
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
