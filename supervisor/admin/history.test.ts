import { expect, test } from 'vitest'

import type { BalancerStatus, LoopStatus } from '../../core/status.ts'
import { idleLoop } from '../../test/support/idle-loop.ts'
import { History } from './history.ts'

const loop = (id: string, requests: number, change: Partial<LoopStatus> = {}): LoopStatus => ({
  ...idleLoop,
  ...{ id, requests, inFlight: 2, utilization: 1 / 3, delayP99Ms: 1, rssBytes: 1000, heapUsedBytes: 500 },
  ...change,
})
const balancer: BalancerStatus = {
  id: '0',
  pid: 2,
  state: 'ready',
  connections: 3,
  inFlight: 2,
  queued: 1,
  requests: 9,
  shed: 4,
  retries: 0,
  rescued: 0,
  errors: 0,
}

test('samples are shown oldest first, with their times', () => {
  const history = new History(1_000)
  history.sample(10_000, { loops: [loop('0', 1)], balancers: [balancer] })
  history.sample(11_000, { loops: [loop('0', 5)], balancers: [balancer] })
  expect(history.read()).toEqual({
    stepMs: 1_000,
    at: [10_000, 11_000],
    loops: { 0: { utilization: [0.333, 0.333], delayP99Ms: [1, 1], inFlight: [2, 2], requests: [1, 5], rssBytes: [1000, 1000] } },
    balancers: { 0: { connections: [3, 3], inFlight: [2, 2], queued: [1, 1], requests: [9, 9], shed: [4, 4] } },
  })
})

test('it keeps as many as it has room for', () => {
  const history = new History(1_000, 3)
  for (let n = 1; n <= 7; n++) history.sample(n, { loops: [loop('0', n * 10)], balancers: [] })
  expect(history.read().at).toEqual([5, 6, 7])
  expect(history.read().loops['0']!.requests).toEqual([50, 60, 70])
})

test('where a loop was not there, or dead, it has gaps', () => {
  const history = new History(1_000)
  history.sample(1, { loops: [loop('0', 1)], balancers: [] })
  history.sample(2, { loops: [loop('0', 0, { state: 'dead' }), loop('1', 1)], balancers: [] })
  history.sample(3, { loops: [loop('0', 2), loop('1', 2)], balancers: [] })
  expect(history.read().loops['0']!.requests).toEqual([1, null, 2])
  expect(history.read().loops['1']!.requests).toEqual([null, 1, 2])
})

test('a loop that went away leaves when its last sample has aged out, and comes back without its past', () => {
  const history = new History(1_000, 3)
  const shown = (): string[] => Object.keys(history.read().loops)
  history.sample(1, { loops: [loop('0', 1), loop('7', 1)], balancers: [] })
  for (let n = 2; n <= 3; n++) history.sample(n, { loops: [loop('0', n)], balancers: [] })
  expect(shown()).toEqual(['0', '7'])
  history.sample(4, { loops: [loop('0', 4)], balancers: [] })
  expect(shown()).toEqual(['0'])
  history.sample(5, { loops: [loop('0', 5), loop('7', 2)], balancers: [] })
  expect(history.read().loops['7']!.requests).toEqual([null, null, 2])
})

test('scaling up and down for hours leaves nothing behind', () => {
  const history = new History(1_000, 5)
  for (let n = 0; n < 5_000; n++) history.sample(n, { loops: [loop(String(n), 1)], balancers: [] })
  expect(Object.keys(history.read().loops)).toHaveLength(5)
})
