import { expect, test } from 'vitest'

import type { ClusterEvent } from '../../core/status.ts'
import { EventBook } from './event-book.ts'

const scale = (message: string) => ({ kind: 'scale', severity: 'info', message }) as const
const ids = (events: readonly ClusterEvent[]): number[] => events.map((event) => event.id)

test('events are numbered one by one and bear the time of day', () => {
  const book = new EventBook({ now: () => 1_700_000_000_000 })
  book.add({ kind: 'crash', severity: 'error', loop: '1', message: 'loop 1 ended' })
  expect(book.latest(10)).toEqual([{ id: 1, at: 1_700_000_000_000, kind: 'crash', severity: 'error', loop: '1', message: 'loop 1 ended' }])
  expect(book.add(scale('two')).id).toBe(2)
})

test('the oldest are forgotten, their numbers are not used again', () => {
  const book = new EventBook({ now: () => 0 }, 3)
  for (let n = 1; n <= 5; n++) book.add(scale(`${n} loops`))
  expect(ids(book.latest(100))).toEqual([3, 4, 5])
  expect(ids(book.latest(2))).toEqual([4, 5])
})

test('who has seen some gets the rest; who has seen those of another supervisor gets all', () => {
  const book = new EventBook({ now: () => 0 })
  for (let n = 1; n <= 5; n++) book.add(scale(`${n} loops`))
  expect(ids(book.latest(100, 3))).toEqual([4, 5])
  expect(ids(book.latest(100, 5))).toEqual([])
  expect(ids(book.latest(100, 6))).toEqual([1, 2, 3, 4, 5])
})

test('a message is one line for people, whatever the app said', () => {
  const book = new EventBook({ now: () => 0 })
  expect(book.add(scale('Error: no\n  at app.js:1\u001B[31m red')).message).toBe('Error: no at app.js:1 [31m red')
  expect(book.add(scale('long '.repeat(1_000))).message).toHaveLength(500)
})

test('readers hear of each event as it is written', () => {
  const book = new EventBook({ now: () => 0 })
  const heard: number[] = []
  book.read((event) => heard.push(event.id))
  book.add(scale('a'))
  book.add(scale('b'))
  expect(heard).toEqual([1, 2])
})
