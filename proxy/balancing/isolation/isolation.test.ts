import { expect, test } from 'vitest'

import { identity, ManualClock, tuning } from '../../../test/support/endpoints.ts'
import { LoopCounts } from '../../../test/support/route-reports.ts'
import { UpstreamLink } from '../../link-lane/upstream-link.ts'
import { EndpointSet } from '../endpoint-set.ts'
import { Isolation, reviewMs } from './isolation.ts'

const sink = { destroyed: false, writableLength: 0, write: () => true, cork: () => {}, uncork: () => {} }

/** Four loops, and perhaps workers for blocking routes, all of which report of a route that holds them for so long. */
function cluster(holdMs: number, pool = 0, concurrency: 'auto' | 1 = 'auto') {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock)
  const isolation = new Isolation({
    endpoints,
    clock,
    settings: {
      policy: 'least-request',
      model: 'hybrid',
      concurrency,
      routes: {},
      isolation: { mode: 'auto', threshold: 10, target: 0.5 },
    },
  })
  const loops = Array.from({ length: 4 }, (_, index) => identity(String(index)))
  const workers = Array.from({ length: pool }, (_, index) => identity(`b${index}`, { cap: 1, forBlocking: true }))
  endpoints.apply([...loops, ...workers])
  const parts = { clock, onState: () => {}, onBeat: () => {}, onRoutes: () => {}, onBusy: () => {} }
  for (const endpoint of endpoints.all) endpoint.link = new UpstreamLink(sink, parts)
  const counts = new LoopCounts()
  const kept = (): string =>
    endpoints.all
      .filter(({ claimed }) => claimed)
      .map(({ key }) => key)
      .join()
  const pass = (ms: number): Set<string> => {
    const seen = new Set<string>()
    for (let passed = 0; passed < ms; passed += reviewMs) {
      clock.time += reviewMs
      isolation.review()
      seen.add(kept())
    }
    return seen
  }
  isolation.note(endpoints.all[0]!, counts.report)
  for (let second = 0; second < 5; second++) {
    pass(1_000)
    counts.held('GET /report', holdMs)
    counts.held('GET /light', 1, 50)
    isolation.note(endpoints.all[0]!, counts.report)
  }
  pass(reviewMs)
  const silence = (key: number, is = true): void => {
    endpoints.all[key]!.silentSince = is ? clock.time : Number.POSITIVE_INFINITY
  }
  const endPool = (): void => void endpoints.apply(loops)
  return { isolation, counts, endpoints, silence, pass, kept, endPool }
}

test('no loop is kept where each holds one request at a time: nobody waits behind a blocking one', () => {
  expect(cluster(50, 0, 1).kept()).toBe('')
})

test('a kept loop that hangs has another one kept in its place', () => {
  const { silence, pass, kept } = cluster(50)
  expect(kept()).toBe('3')
  silence(3)
  pass(1_500)
  expect(kept()).toBe('2')
})

test('a kept loop that is at work for as long as its requests take stays the one', () => {
  const { silence, pass, kept } = cluster(1_500)
  const before = kept()
  expect(before).toContain('3')
  silence(3)
  expect(pass(2_500)).toEqual(new Set([before]))
})

test('no loop is kept while the pool serves, and some are as soon as it is gone', () => {
  const { pass, kept, endPool } = cluster(50, 2)
  expect(pass(20_000)).toEqual(new Set(['']))
  endPool()
  pass(reviewMs)
  expect(kept()).toBe('3')
})

test('a pool that is at work for as long as its requests take serves; one that hangs as a whole does not, until a worker is back', () => {
  const { silence, pass, kept } = cluster(1_500, 2)
  for (const worker of [4, 5]) silence(worker)
  expect(pass(4_000)).toEqual(new Set(['']))
  pass(4_000)
  expect(kept()).toContain('3')
  silence(4, false)
  pass(reviewMs)
  expect(kept()).toBe('')
})

test('where the pool alone serves, none of it is kept', () => {
  const { endpoints, pass } = cluster(50, 2)
  for (const endpoint of endpoints.all) if (!endpoint.forBlocking) endpoint.state = 'starting'
  endpoints.refresh()
  pass(1_000)
  expect(endpoints.all.filter(({ claimed }) => claimed)).toEqual([])
})

test('a pool of which nobody knows how long its requests take is not given up', () => {
  const { silence, pass, kept, isolation } = cluster(1, 2)
  for (const worker of [4, 5]) silence(worker)
  pass(60_000)
  expect([kept(), isolation.poolHangsMs]).toEqual(['', Number.POSITIVE_INFINITY])
})

test('a route goes to the pool and comes back by what loops and workers measure alike', () => {
  const { isolation, counts, endpoints, pass } = cluster(50, 1)
  const isBlocking = (): boolean => isolation.kindOf('GET', '/report').blocking
  expect(isBlocking()).toBe(true)
  // From now on the worker alone has its requests: it stays what it is by what that says.
  const worker = new LoopCounts()
  const report = (holdMs: number, times: number): void => {
    worker.held('GET /report', holdMs, times)
    isolation.note(endpoints.all[4]!, worker.report)
    isolation.note(endpoints.all[0]!, counts.report)
    pass(1_000)
  }
  isolation.note(endpoints.all[4]!, worker.report)
  for (let second = 0; second < 300; second++) report(50, 1)
  expect(isBlocking()).toBe(true)
  for (let second = 0; second < 70; second++) report(1, 1)
  expect(isBlocking()).toBe(false)
})
