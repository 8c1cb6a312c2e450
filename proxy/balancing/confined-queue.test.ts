import { expect, test } from 'vitest'

import { balancerOf } from '../../test/support/balancer-of.ts'
import { Client } from '../../test/support/claimant.ts'
import { identity, ManualClock, tuning } from '../../test/support/endpoints.ts'
import { EndpointSet } from './endpoint-set.ts'
import { ordinary, type Priority, type RouteKind } from './route-kind.ts'

const route = (holdMs: number): RouteKind => ({ name: 'GET /report', blocking: true, holdMs, priority: 1 })
const ofPriority = (priority: Priority): RouteKind => ({ ...ordinary, priority })

/** Loops of which the last one is kept for blocking routes. */
function cluster(count: number, { cap = 0, queueLimit = 100, beats = false } = {}) {
  const clock = new ManualClock()
  const adaptive = beats ? { adaptive: () => ({ limit: 0, heard: () => {} }) } : {}
  const endpoints = new EndpointSet({ ...tuning, ...adaptive }, clock)
  const alarms: { readonly at: number; readonly action: () => void }[] = []
  const balancer = balancerOf(endpoints, clock, {
    queueLimit,
    queueTimeoutMs: 60_000,
    later: (ms, action) => alarms.push({ at: clock.time + ms, action }),
  })
  endpoints.apply(Array.from({ length: count }, (_, index) => identity(String(index), { cap })))
  endpoints.all.at(-1)!.claimed = true
  endpoints.reopen()
  /** @param earlyMs timers go off so much too soon: those of the system count from when its turn began */
  const pass = (ms: number, earlyMs = 0): void => {
    const end = clock.time + ms
    for (;;) {
      const next = alarms.filter(({ at }) => at - earlyMs <= end).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      alarms.splice(alarms.indexOf(next), 1)
      clock.time = Math.max(clock.time, next.at - earlyMs)
      next.action()
    }
    clock.time = end
  }
  const ask = (kind: RouteKind = ordinary, client = new Client(undefined, kind)): Client => {
    balancer.claim(client)
    return client
  }
  const silence = (...keys: number[]): void => {
    for (const key of keys) endpoints.all[key]!.silentSince = clock.time
    endpoints.reopen()
  }
  return { balancer, endpoints, pass, ask, silence }
}

const placeOf = (client: Client): string => client.tickets[0]?.endpoint.key ?? 'waits'

test('a loop that holds one request at a time takes the next blocking one when the first is over', () => {
  const { ask } = cluster(2, { cap: 1 })
  const [first, second] = [ask(route(50)), ask(route(50))]
  first.tickets[0]!.answered(200, 'link')
  expect(placeOf(second)).toBe('waits')
  first.tickets[0]!.settle('answered')
  expect(placeOf(second)).toBe('1')
})

test('a full loop that is kept for blocking routes takes one when any request of it is over', () => {
  const { ask } = cluster(2, { cap: 1 })
  const light = [ask(), ask()]
  expect(light.map(placeOf).toSorted()).toEqual(['0', '1'])
  const blocking = ask(route(50))
  light.find((client) => placeOf(client) === '1')!.tickets[0]!.settle('answered')
  expect(placeOf(blocking)).toBe('1')
})

test('a blocking request that failed on the only loop for its kind goes there again before it waits for ever', () => {
  const { endpoints, ask, pass } = cluster(2)
  const again = new Client(undefined, route(50))
  again.avoid = endpoints.all[1]
  ask(route(50), again)
  const behind = ask(route(50))
  pass(100)
  expect(placeOf(again)).toBe('1')
  again.tickets[0]!.settle('answered')
  expect(placeOf(behind)).toBe('1')
})

test('whoever waits for another loop gets it also where a timer goes off too soon', () => {
  const { ask, pass } = cluster(3)
  ask(route(50))
  const second = ask(route(50))
  pass(25, 0.7)
  expect(placeOf(second)).not.toBe('waits')
})

test('one that leaves the head of the queue is in the way of nobody', () => {
  const { balancer, ask, pass } = cluster(3)
  ask(route(1_000))
  const slow = ask(route(1_000))
  const quick = ask(route(10))
  pass(10)
  expect(placeOf(quick)).toBe('waits')
  balancer.withdraw(slow)
  expect(placeOf(quick)).not.toBe('waits')
})

test('the room that a request has made by its priority is not lost to the next request of the one that it displaced', () => {
  const { balancer, ask } = cluster(2, { cap: 1, queueLimit: 1 })
  ask()
  ask()
  const next = new Client(undefined, ofPriority(2))
  // As a client that has sent several requests at once.
  const displaced = new Client(undefined, ofPriority(2))
  const { refused } = displaced
  displaced.refused = (reason) => {
    refused.call(displaced, reason)
    balancer.claim(next)
  }
  ask(ordinary, displaced)
  const urgent = ask(ofPriority(0))
  expect([urgent.refusals.length, displaced.refusals.length, next.refusals.length]).toEqual([0, 1, 1])
  expect(balancer.queued).toBe(1)
})

test('where the loop that is kept hangs, blocking requests take the last other one before they are refused', () => {
  const { balancer, ask, pass, silence } = cluster(2)
  ask(route(50))
  const waiting = ask(route(50))
  silence(1)
  pass(150)
  balancer.expire()
  // It may only be at work.
  expect(placeOf(waiting)).toBe('waits')
  pass(100)
  balancer.expire()
  expect(placeOf(waiting)).toBe('0')
})

test('where all are silent, one that has been for long is given nothing', () => {
  const { ask, pass, silence } = cluster(3)
  silence(0)
  pass(1_000)
  silence(1, 2)
  expect(Array.from({ length: 4 }, () => placeOf(ask())).toSorted()).toEqual(['1', '1', '1', '1'])
})

test('while all loops are full, a kept one that has room again takes those that it is kept for', () => {
  const { ask } = cluster(2, { cap: 1 })
  const light = [ask(), ask()]
  const waiting = ask()
  const blocking = ask(route(50))
  light.find((client) => placeOf(client) === '1')!.tickets[0]!.settle('answered')
  expect([placeOf(waiting), placeOf(blocking)]).toEqual(['waits', '1'])
  light.find((client) => placeOf(client) === '0')!.tickets[0]!.settle('answered')
  expect(placeOf(waiting)).toBe('0')
})

test('the first beat after a silence lets nobody in before those that the loop is kept for', () => {
  const { balancer, endpoints, ask, silence } = cluster(2, { beats: true })
  for (const endpoint of endpoints.all) endpoint.given = endpoint.quota = 1
  silence(0, 1)
  const waiting = ask()
  const blocking = ask(route(50))
  const kept = endpoints.all[1]!
  balancer.heard(kept, 100)
  expect([placeOf(waiting), placeOf(blocking)]).toEqual(['waits', 'waits'])
  kept.silentSince = Number.POSITIVE_INFINITY
  endpoints.reopen()
  expect(placeOf(blocking)).toBe('1')
})
