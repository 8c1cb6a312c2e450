import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { LoopStatus } from '../../core/status.ts'
import { Autoscaler } from './autoscaler.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function scaled(scale: (loops: number) => Promise<unknown>) {
  const began = Date.now()
  const it = { loops: 1, utilization: 1, busy: false, asked: [] as { at: number; loops: number; why: string }[] }
  const loop = (): LoopStatus =>
    ({ state: 'ready', utilization: it.utilization, isolated: false, forBlocking: false, concurrency: 0, blocked: false }) as LoopStatus
  const autoscaler = new Autoscaler({
    rules: { min: 1, max: 3, target: 0.8, quiet: 60_000 },
    clock: { now: () => Date.now() },
    look: () => ({ loops: Array.from({ length: it.loops }, loop), balancers: [] }),
    busy: () => it.busy,
    scale: (loops, why) => {
      it.asked.push({ at: (Date.now() - began) / 1000, loops, why })
      return scale(loops)
    },
  })
  return Object.assign(it, { close: () => autoscaler.close() })
}

test('one loop after another comes while all are busy, and goes when they are not', async () => {
  const it = scaled(async (loops) => (it.loops = loops))
  await vi.advanceTimersByTimeAsync(30_000)
  it.utilization = 0.1
  await vi.advanceTimersByTimeAsync(200_000)
  expect(it.asked.map(({ at, loops }) => [at, loops])).toEqual([
    [6, 2],
    [12, 3],
    // Four seconds until the busy ones are out of the average, then a minute for each.
    [94, 2],
    [155, 1],
  ])
  it.close()
})

test('while something else changes the cluster it waits, and counts nothing of what it saw before', async () => {
  const it = scaled(async (loops) => (it.loops = loops))
  await vi.advanceTimersByTimeAsync(4_000)
  it.busy = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect(it.asked).toEqual([])
  it.busy = false
  await vi.advanceTimersByTimeAsync(5_500)
  expect(it.asked).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(it.asked).toHaveLength(1)
  it.close()
})

test('a loop that did not start is tried again a minute later, not at once', async () => {
  const it = scaled(() => Promise.reject(new Error('no memory')))
  await vi.advanceTimersByTimeAsync(125_000)
  expect(it.asked.map(({ at }) => at)).toEqual([6, 66])
  it.close()
})

test('closed, it does nothing more', async () => {
  const it = scaled(async () => undefined)
  it.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(it.asked).toEqual([])
})
