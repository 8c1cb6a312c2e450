import { expect, test } from 'vitest'

import { loopStatus } from '../../test/support/console-data.ts'
import { groupsOf } from './worker-groups.ts'

const thread = (id: number, pid: number, index: number, change = {}) => loopStatus(id, { pid, thread: index, ...change })
const told = (...loops: Parameters<typeof groupsOf>[0]) => groupsOf(loops).map(({ kind, title, loops }) => [kind, title, loops])

test('loops that are a process each stand together, without a title', () => {
  expect(told(loopStatus(0), loopStatus(1))).toEqual([['loops', '', ['0', '1']]])
})

test('threads stand with their process', () => {
  expect(told(thread(0, 7, 0), thread(1, 7, 1), thread(2, 8, 0), thread(3, 8, 1))).toEqual([
    ['process', 'process 7 · 2 threads', ['0', '1']],
    ['process', 'process 8 · 2 threads', ['2', '3']],
  ])
})

test('a thread that is dead has no pid, and keeps its place', () => {
  const dead = { state: 'dead', pid: 0 }
  const loops = [thread(0, 7, 0), thread(1, 7, 1, dead), thread(2, 8, 0, dead), thread(3, 8, 1)]
  expect(told(...loops)).toEqual([
    ['process', 'process 7 · 2 threads', ['0', '1']],
    ['process', 'process 8 · 2 threads', ['2', '3']],
  ])
})

test('the pool stands last, its threads with their process; loops kept apart before it', () => {
  const worker = (id: string, change = {}) => loopStatus(0, { id, forBlocking: true, concurrency: 1, ...change })
  expect(
    told(loopStatus(0, { isolated: true }), loopStatus(1), worker('b0'), worker('b1')).map(([kind, , loops]) => [kind, loops]),
  ).toEqual([
    ['loops', ['1']],
    ['apart', ['0']],
    ['pool', ['b0', 'b1']],
  ])
  expect(told(worker('b0', { pid: 9, thread: 0 }), worker('b1', { pid: 9, thread: 1 }))).toEqual([
    ['pool', '◆ pool for routes that block, process 9 · 2 threads', ['b0', 'b1']],
  ])
})
