import { expect, test } from 'vitest'

import { systemClock } from '../../core/sources.ts'
import { ownUsage } from './own-usage.ts'
import { Utilization } from './utilization.ts'

/** To Node the loop is busy, as it is with a profiler's signals, and needs no CPU. */
const wait = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)

test('a loop that uses no CPU is not busy while a profile is taken, nor in the window in which that ends', () => {
  const board = { isProfiled: false }
  const utilization = new Utilization(board, systemClock, ownUsage(1))
  const next = (): number => {
    wait()
    return utilization.take()
  }
  expect(next()).toBeGreaterThan(0.9)
  board.isProfiled = true
  expect(next()).toBeLessThan(0.5)
  board.isProfiled = false
  expect(next()).toBeLessThan(0.5)
  expect(next()).toBeGreaterThan(0.9)
})
