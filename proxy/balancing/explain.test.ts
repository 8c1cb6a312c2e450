import { expect, test } from 'vitest'

import { ManualClock, identity, tuning } from '../../test/support/endpoints.ts'
import { Endpoint } from './endpoint.ts'
import { EndpointSet } from './endpoint-set.ts'
import { explainChoice, standingOf } from './explain.ts'
import { ordinary, type RouteKind } from './route-kind.ts'

const report: RouteKind = { name: 'GET /report', blocking: true, holdMs: 50, priority: 2 }

function endpoint(change: (each: Endpoint) => void = () => {}, more: Parameters<typeof identity>[1] = {}): Endpoint {
  const made = new Endpoint(identity('0', more), tuning, 0)
  change(made)
  return made
}

test.each<[string, Endpoint]>([
  ['eligible', endpoint()],
  ['isolated', endpoint((each) => (each.claimed = true))],
  ['isolated', endpoint((each) => (each.claimedElsewhere = true))],
  ['blocking', endpoint((each) => (each.blockingInFlight = 1))],
  ['silent', endpoint((each) => (each.silentSince = 0))],
  ['full', endpoint((each) => (each.inFlight = 1), { cap: 1 })],
  ['eligible', endpoint((each) => (each.inFlight = 1), { cap: 2 })],
  ['ejected', endpoint((each) => Array.from({ length: tuning.ejectAfter }, () => each.outlier.failure(0)))],
  ['unhealthy', endpoint((each) => Array.from({ length: tuning.failures }, () => each.health.observe(false)))],
  ['starting', endpoint(undefined, { state: 'starting' })],
  ['draining', endpoint((each) => (each.silentSince = 0), { state: 'draining' })],
  ['dead', endpoint(undefined, { state: 'dead' })],
])('a loop is %s', (standing, each) => {
  expect(standingOf(each, 0, undefined, [])).toBe(standing)
})

test('a loop whose link is being made is unreachable', () => {
  const address = { lane: 'link', kind: 'unix', path: '/run/0.sock' } as const
  expect(standingOf(new Endpoint(identity('0', { address }), tuning, 0, true), 0, undefined, [])).toBe('unreachable')
})

test('to a request of a blocking route the loops that are kept for such are open, and the others reserved', () => {
  const endpoints = [endpoint(), endpoint((each) => (each.claimed = true))]
  const ask = (kind: RouteKind) =>
    explainChoice({
      ...{ endpoints, kind, priority: kind.priority, policy: 'p2c', chosen: endpoints[1], queued: 2, reason: 'so', now: 0 },
      ...{ pool: [], confinedTo: kind.blocking ? [endpoints[1]!] : undefined },
    })
  expect(ask(report)).toMatchObject({ route: 'GET /report', class: 'blocking', priority: 'low', policy: 'p2c', chosen: '0', queued: 2 })
  expect(ask(report).candidates.map(({ standing }) => standing)).toEqual(['reserved', 'eligible'])
  expect(ask(ordinary)).toMatchObject({ class: 'async', priority: 'normal' })
  expect(ask(ordinary)).not.toHaveProperty('route')
  expect(ask(ordinary).candidates.map(({ standing }) => standing)).toEqual(['eligible', 'isolated'])
})

test('to a request of a blocking route the workers of the pool are open, and the loops reserved; to others the workers stand apart', () => {
  const endpoints = [endpoint(), endpoint(undefined, { forBlocking: true, cap: 1 })]
  const standings = (kind: RouteKind, confinedTo: readonly Endpoint[] | undefined, pool = [endpoints[1]!]) =>
    explainChoice({
      ...{ endpoints, kind, confinedTo, pool, priority: 1, policy: 'p2c', chosen: undefined, queued: 0, reason: 'so', now: 0 },
    }).candidates.map(({ standing }) => standing)
  expect(standings(report, [endpoints[1]!])).toEqual(['reserved', 'eligible'])
  expect(standings(ordinary, undefined)).toEqual(['eligible', 'pool'])
  // No loop serves: the workers are there for all.
  endpoints[0]!.state = 'dead'
  expect(standings(ordinary, undefined, [])).toEqual(['dead', 'eligible'])
})

test('where no loop is kept for them, blocking routes are served by all', () => {
  const endpoints = [endpoint(), endpoint((each) => (each.blockingInFlight = 1))]
  const { candidates } = explainChoice({
    ...{
      endpoints,
      kind: report,
      confinedTo: undefined,
      pool: [],
      priority: 1,
      policy: 'p2c',
      chosen: undefined,
      queued: 0,
      reason: 'so',
      now: 0,
    },
  })
  expect(candidates.map(({ standing, blocking }) => [standing, blocking])).toEqual([
    ['eligible', 0],
    ['blocking', 1],
  ])
})

test('a candidate shows what is known of its load', () => {
  const clock = new ManualClock()
  const set = new EndpointSet(tuning, clock)
  set.apply([identity('a', { loop: '7', cap: 4 })])
  const [only] = set.all
  only!.inFlight = 3
  only!.beat = { inFlight: 5, utilization: 0.4, delayMs: 1.2345 }
  only!.latency.observe(250, 0)
  const decision = explainChoice({
    endpoints: set.all,
    kind: ordinary,
    confinedTo: undefined,
    pool: [],
    priority: 0,
    policy: 'p2c',
    chosen: only,
    queued: 0,
    reason: '',
    now: 0,
  })
  expect(decision.candidates).toEqual([
    { loop: '7', key: 'a', inFlight: 3, blocking: 0, limit: 4, utilization: 0.4, delayMs: 1.23, latencyMs: 250, standing: 'eligible' },
  ])
})
