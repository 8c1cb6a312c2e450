import { expect, test } from 'vitest'

import { identity, ManualClock, tuning } from '../../../test/support/endpoints.ts'
import { LoopCounts } from '../../../test/support/route-reports.ts'
import { UpstreamLink } from '../../link-lane/upstream-link.ts'
import { EndpointSet } from '../endpoint-set.ts'
import { Isolation, reviewMs } from './isolation.ts'

const sink = { destroyed: false, writableLength: 0, write: () => true, cork: () => {}, uncork: () => {} }

/** Four loops, all of which report of a route that holds them for so long. */
function cluster(holdMs: number) {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock)
  const isolation = new Isolation({
    endpoints,
    clock,
    settings: { policy: 'least-request', routes: {}, isolation: { mode: 'auto', threshold: 10, target: 0.5 } },
  })
  endpoints.apply(Array.from({ length: 4 }, (_, index) => identity(String(index))))
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
  const silence = (key: number): void => {
    endpoints.all[key]!.silentSince = clock.time
  }
  return { silence, pass, kept }
}

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
