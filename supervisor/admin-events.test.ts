import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { StatusEvents } from './admin-events.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function listen(events: StatusEvents): () => number {
  let text = ''
  const stream = new PassThrough({ encoding: 'utf8' }).on('data', (chunk: string) => (text += chunk))
  events.add(Object.assign(stream, { writeHead: () => stream }) as unknown as ServerResponse)
  return () => text.split('\n\n').length - 1
}

test('what should be seen soon does not wait for the second to end, and several such changes are one event', async () => {
  const events = new StatusEvents(() => ({}))
  const heard = listen(events)
  for (let flips = 0; flips < 5; flips++) events.soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(heard()).toBe(2)
  events.soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(heard()).toBe(3)
  events.close()
})

test('after the end nothing is timed any more, whatever changes', () => {
  const events = new StatusEvents(() => ({}))
  listen(events)
  events.soon()
  events.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('where nobody listens a change costs nothing', () => {
  const status = vi.fn()
  const events = new StatusEvents(status)
  events.soon()
  vi.advanceTimersByTime(5_000)
  expect(status).not.toHaveBeenCalled()
})
