import fc from 'fast-check'
import { expect, test } from 'vitest'

import { identity, ManualClock, tuning } from '../../test/support/endpoints.ts'
import { EndpointSet } from './endpoint-set.ts'
import type { Endpoint } from './endpoint.ts'

const keys = (endpoints: readonly Endpoint[]): string[] => endpoints.map((endpoint) => endpoint.key)

function setOf(...names: string[]): { set: EndpointSet; clock: ManualClock } {
  const clock = new ManualClock()
  const set = new EndpointSet(tuning, clock)
  set.apply(names.map((name) => identity(name)))
  return { set, clock }
}

function eject(set: EndpointSet, key: string, now: number): void {
  const endpoint = set.all.find((one) => one.key === key)!
  while (!endpoint.outlier.isEjected(now)) endpoint.outlier.failure(now)
  set.refresh()
}

test('only ready endpoints serve', () => {
  const set = new EndpointSet(tuning, new ManualClock())
  set.apply((['starting', 'ready', 'draining', 'dead'] as const).map((state) => identity(state, { state })))
  expect(keys(set.serving)).toEqual(['ready'])
  expect(keys(set.all)).toEqual(['starting', 'ready', 'draining', 'dead'])
})

test('an endpoint that stays keeps its object and counters, and takes over state and cap', () => {
  const { set } = setOf('a', 'b')
  const a = set.all[0]!
  a.inFlight = 7
  const { added, removed } = set.apply([identity('c'), identity('a', { state: 'draining', cap: 5 })])
  expect(keys(added)).toEqual(['c'])
  expect(keys(removed)).toEqual(['b'])
  expect(set.all[1]).toBe(a)
  expect(a).toMatchObject({ inFlight: 7, state: 'draining', cap: 5 })
  expect(keys(set.serving)).toEqual(['c'])
})

test('what a probe found ready is not put back by discovery, and one that drained starts anew', () => {
  const { set } = setOf('a')
  set.apply([identity('a', { state: 'starting' })])
  expect(set.all[0]!.state).toBe('ready')
  set.apply([identity('a', { state: 'draining' })])
  set.apply([identity('a', { state: 'starting' })])
  expect(set.all[0]!.state).toBe('starting')
})

test('an unhealthy endpoint gets nothing while another can serve, and serves when nobody is healthy', () => {
  const { set } = setOf('a', 'b')
  set.all[0]!.health.refuse()
  set.refresh()
  expect(keys(set.serving)).toEqual(['b'])
  set.all[1]!.health.refuse()
  set.refresh()
  expect(keys(set.serving)).toEqual(['a', 'b'])
})

test('an ejected endpoint returns by time alone', async () => {
  const { set, clock } = setOf('a', 'b')
  eject(set, 'a', 0)
  expect(keys(set.serving)).toEqual(['b'])
  let told = 0
  set.onChange(() => (told += 1))
  clock.time = 4_999
  expect(keys(set.serving)).toEqual(['b'])
  clock.time = 5_000
  expect(keys(set.serving)).toEqual(['a', 'b'])
  expect(told).toBe(0)
  await Promise.resolve()
  expect(told).toBe(1)
})

test('with more ejected than may be, they serve', () => {
  const { set } = setOf('a', 'b', 'c')
  eject(set, 'a', 0)
  expect(keys(set.serving)).toEqual(['b', 'c'])
  eject(set, 'b', 0)
  expect(keys(set.serving)).toEqual(['a', 'b', 'c'])
})

test('the only endpoint is never ejected out of service', () => {
  const { set } = setOf('a')
  eject(set, 'a', 0)
  expect(keys(set.serving)).toEqual(['a'])
})

test('too many ejections do not bring back an endpoint whose probes fail', () => {
  const { set } = setOf('a', 'b', 'c')
  set.all[0]!.health.refuse()
  eject(set, 'b', 0)
  eject(set, 'c', 0)
  expect(keys(set.serving)).toEqual(['b', 'c'])
})

test('listeners hear of changes only, and a snapshot in hand never changes', () => {
  const { set } = setOf('a', 'b')
  let told = 0
  set.onChange(() => (told += 1))
  const before = set.serving
  set.refresh()
  set.apply([identity('a'), identity('b')])
  expect(told).toBe(0)
  expect(set.serving).toBe(before)
  set.apply([identity('a')])
  expect(told).toBe(1)
  expect(keys(before)).toEqual(['a', 'b'])
  set.apply([identity('a'), identity('new', { state: 'starting' })])
  expect(told).toBe(2)
})

test('it knows whether any endpoint has a cap', () => {
  const { set } = setOf('a')
  expect(set.tiers.limited).toBe(false)
  set.apply([identity('a', { cap: 1 })])
  expect(set.tiers.limited).toBe(true)
})

test('whatever happened, a ready endpoint means that somebody serves, and nobody but ready ones ever does', () => {
  const one = fc.record({ state: fc.constantFrom('starting', 'ready', 'draining', 'dead'), healthy: fc.boolean(), ejected: fc.boolean() })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), (members) => {
      const set = new EndpointSet(tuning, new ManualClock())
      set.apply(members.map(({ state }, index) => identity(String(index), { state })))
      for (const [index, { healthy, ejected }] of members.entries()) {
        if (!healthy) set.all[index]!.health.refuse()
        if (ejected) eject(set, String(index), 0)
      }
      set.refresh()
      expect(set.serving.every((endpoint) => endpoint.state === 'ready')).toBe(true)
      expect(set.serving.length > 0).toBe(members.some(({ state }) => state === 'ready'))
    }),
  )
})
