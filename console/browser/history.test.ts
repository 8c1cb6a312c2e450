import { expect, test } from 'vitest'

import type { ClusterHistory } from '../../core/status.ts'
import { historySamples } from './history.ts'

const loop = (utilization: (number | null)[], inFlight: (number | null)[]) => ({
  utilization,
  inFlight,
  delayP99Ms: [1, 1, 1],
  requests: [0, 0, 0],
  rssBytes: [5, 5, 5],
})
const balancer = (requests: (number | null)[]) => ({
  requests,
  shed: [0, 0, 4],
  queued: [0, 1, 2],
  connections: [1, 1, 1],
  inFlight: [1, 1, 1],
})
const history: ClusterHistory = {
  stepMs: 1_000,
  at: [1_000, 2_000, 4_000],
  loops: { 0: loop([0.1, 0.2, 0.3], [1, 2, 3]), 1: loop([null, null, 0.5], [null, null, 4]) },
  balancers: { 0: balancer([100, 150, 20]), 1: balancer([null, 10, 30]) },
}

const names = (index: number, samples = historySamples(history)) => Object.fromEntries(samples[index]!.values)

test('counters become rates, and gaps stay gaps', () => {
  expect(names(0)).toEqual({
    'utilization/0': 0.1,
    'delayP99Ms/0': 1,
    'rssBytes/0': 5,
    'delayP99Ms/1': 1,
    'rssBytes/1': 5,
    inFlight: 1,
    queued: 0,
  })
  expect(names(1)).toMatchObject({ requests: 50, shed: 0, queued: 2, inFlight: 2 })
})

test('a balancer that began anew counts from zero, over the time that passed', () => {
  expect(names(2)).toMatchObject({ requests: 20 / 2 + 20 / 2, shed: 4, inFlight: 7, 'utilization/1': 0.5 })
})

test('a clock of another machine is moved to the one of the browser; a second apart is the same clock', () => {
  const times = (seen?: number) => historySamples(history, seen).map(({ at }) => at)
  expect(times()).toEqual([1_000, 2_000, 4_000])
  expect(times(5_000)).toEqual([1_000, 2_000, 4_000])
  expect(times(104_000)).toEqual([101_000, 102_000, 104_000])
})

test('no history is no sample', () => {
  expect(historySamples({ stepMs: 1_000, at: [], loops: {}, balancers: {} }, 5_000)).toEqual([])
})
