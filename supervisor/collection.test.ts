import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Collection } from './collection.ts'

const families = [{ name: 'evenloop_loop_requests_total', series: [] }]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a child that is stuck holds up one scrape, and not those after it, until it answers again', async () => {
  const asked: number[] = []
  const collection = new Collection((ask) => asked.push(ask))
  const first = collection.collect(1_000)
  await vi.advanceTimersByTimeAsync(1_000)
  await first
  await collection.collect(1_000)
  // Asked once: questions do not pile up in its channel either.
  expect(asked).toEqual([1])

  collection.answer(1, families)
  expect(collection.last).toBe(families)
  const fresh = collection.collect(1_000)
  expect(asked).toEqual([1, 2])
  collection.answer(2, [])
  await fresh
  expect(collection.last).toEqual([])
})

test('nobody waits for a process that has ended', async () => {
  const collection = new Collection(() => undefined)
  const waiting = collection.collect(1_000)
  collection.end()
  await waiting
})
