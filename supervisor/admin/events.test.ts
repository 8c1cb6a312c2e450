import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { readWishes, StatusEvents } from './events.ts'
import { EventBook } from '../notices/event-book.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const bookOf = (): EventBook => new EventBook({ now: () => 0 })
const scale = (message: string) => ({ kind: 'scale', severity: 'info', message }) as const

function listen(events: StatusEvents, wishes = { every: 1_000, after: 0 }) {
  let text = ''
  const stream = new PassThrough({ encoding: 'utf8' }).on('data', (chunk: string) => (text += chunk))
  events.add(Object.assign(stream, { writeHead: () => stream }) as unknown as ServerResponse, wishes)
  const parts = () => text.split('\n\n').slice(0, -1)
  return {
    statuses: () => parts().filter((part) => part.startsWith('data: ')).length,
    notices: () => parts().flatMap((part) => /^event: notice\nid: (\d+)\n/.exec(part)?.[1] ?? []),
    stream,
  }
}

test('what should be seen soon does not wait for the second to end, and several such changes are one event', async () => {
  const events = new StatusEvents(() => ({}), bookOf())
  const heard = listen(events)
  for (let flips = 0; flips < 5; flips++) events.soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(heard.statuses()).toBe(2)
  events.soon()
  await vi.advanceTimersByTimeAsync(100)
  expect(heard.statuses()).toBe(3)
  events.close()
})

test('after the end nothing is timed any more, whatever changes', async () => {
  const events = new StatusEvents(() => ({}), bookOf())
  listen(events)
  events.soon()
  await vi.advanceTimersByTimeAsync(1)
  events.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('where nobody listens a change costs nothing', () => {
  const status = vi.fn()
  const book = bookOf()
  const events = new StatusEvents(status, book)
  events.soon()
  book.add(scale('2 loops'))
  vi.advanceTimersByTime(5_000)
  expect(status).not.toHaveBeenCalled()
})

test('each listener has its pace, and those of one pace share what is computed', async () => {
  const status = vi.fn(() => ({}))
  const events = new StatusEvents(status, bookOf())
  const [fast, slow, other] = [listen(events, { every: 250, after: 0 }), listen(events), listen(events)]
  expect(status).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(999)
  expect([fast.statuses(), slow.statuses(), other.statuses()]).toEqual([4, 1, 1])
  await vi.advanceTimersByTimeAsync(2)
  expect([fast.statuses(), slow.statuses(), other.statuses()]).toEqual([5, 2, 2])
  // The first, and at most two each time that both paces met: of the same pace two listeners never cost two.
  expect(status.mock.calls.length).toBeLessThanOrEqual(6)
  fast.stream.destroy()
  await vi.advanceTimersByTimeAsync(1)
  status.mockClear()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(status).toHaveBeenCalledTimes(3)
  events.close()
})

test('a notice comes at once, with its number, and the status soon after', async () => {
  const book = bookOf()
  const events = new StatusEvents(() => ({}), book)
  const heard = listen(events)
  book.add(scale('2 loops'))
  expect([heard.notices(), heard.statuses()]).toEqual([['1'], 1])
  await vi.advanceTimersByTimeAsync(100)
  expect(heard.statuses()).toBe(2)
  events.close()
})

test('a new listener gets the last hundred notices, one that comes back those it has missed', () => {
  const book = bookOf()
  for (let n = 1; n <= 130; n++) book.add(scale(`${n} loops`))
  const events = new StatusEvents(() => ({}), book)
  const first = listen(events).notices()
  expect([first.length, first[0], first.at(-1)]).toEqual([100, '31', '130'])
  expect(listen(events, { every: 1_000, after: 128 }).notices()).toEqual(['129', '130'])
  events.close()
})

test('a listener that does not read is dropped, the others go on', async () => {
  const events = new StatusEvents(() => ({ text: 'x'.repeat(400_000) }), bookOf())
  const [stuck, sound] = [listen(events), listen(events)]
  stuck.stream.pause()
  await vi.advanceTimersByTimeAsync(6_000)
  expect([stuck.stream.destroyed, sound.stream.destroyed, sound.statuses()]).toEqual([true, false, 7])
  events.close()
})

test('the sixty-fifth listener is refused, until one leaves', async () => {
  const events = new StatusEvents(() => ({}), bookOf())
  const listeners = Array.from({ length: 64 }, () => listen(events))
  expect(() => listen(events)).toThrow('64 listeners follow this cluster already')
  listeners[7]!.stream.destroy()
  await vi.advanceTimersByTimeAsync(1)
  listen(events)
  events.close()
})

describe('what a listener asks for', () => {
  test.each([
    [{}, undefined, { every: 1_000, after: 0 }],
    [{ every: '250' }, '17', { every: 250, after: 17 }],
    [{ every: '10000' }, '', { every: 10_000, after: 0 }],
  ])('%j, %j', (query, lastEventId, wishes) => expect(readWishes(query, lastEventId)).toEqual(wishes))

  test.each(['-1', '1e3', '17, 18', '9'.repeat(400), 'abc', ' ', ['1', '2']])('a last event id %j counts as none', (id) =>
    expect(readWishes({}, id).after).toBe(0),
  )

  test.each(['249', '10001', '', '1e3', '-500', '500.5', ['500', '500']])('every %j is refused', (every) =>
    expect(() => readWishes({ every }, undefined)).toThrow('milliseconds between two statuses, 250 to 10000'),
  )
})
