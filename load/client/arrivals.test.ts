import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { arrivals } from './arrivals.ts'
import type { Settle } from './connection.ts'
import { seededRng } from '../seeded-rng.ts'
import { routeDraw } from './draw.ts'
import { offered } from './offer.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())
const clock = { now: () => Date.now() }

/** A server that takes 10 ms for each request and serves one after the other, but does nothing between two moments. */
function server(stall?: { readonly from: number; readonly to: number }): (index: number, settle: Settle) => void {
  let freeAt = 0
  return (_index, settle) => {
    let begins = Math.max(Date.now(), freeAt)
    if (stall !== undefined && begins >= stall.from && begins < stall.to) begins = stall.to
    freeAt = begins + 10
    setTimeout(() => settle(200, undefined), freeAt - Date.now())
  }
}

test('every request is sent when it is due, and as many as rate and time make', async () => {
  const sentAt: number[] = []
  const ask = (_index: number, settle: Settle): void => {
    sentAt.push(Date.now())
    setTimeout(() => settle(200, undefined), 3)
  }
  const done = arrivals({ rate: 100, seconds: 1, graceSeconds: 1, ask }, clock)
  await vi.runAllTimersAsync()
  const { latenciesMs, lateMs } = await done
  expect(sentAt).toEqual(Array.from({ length: 100 }, (_, i) => i * 10))
  expect([...latenciesMs]).toEqual(Array.from({ length: 100 }, () => 3))
  expect(Math.max(...lateMs)).toBe(0)
})

test('a stall is seen by every request that was due meanwhile, as nobody waits for the answer before', async () => {
  const done = arrivals({ rate: 50, seconds: 2, graceSeconds: 10, ask: server({ from: 1000, to: 1500 }) }, clock)
  await vi.runAllTimersAsync()
  const { latenciesMs } = await done
  // Due at 1000 ms: its answer is there at 1510. Due at 1020: that of 1000 is served before.
  expect([...latenciesMs.slice(48, 53)]).toEqual([10, 10, 510, 500, 490])
  expect([...latenciesMs].filter((ms) => ms > 10)).toHaveLength(50)
})

test('what is never answered has failed once the grace is over', async () => {
  const ask = (index: number, settle: Settle): void => void (index % 2 === 0 && settle(204, undefined))
  const done = arrivals({ rate: 10, seconds: 1, graceSeconds: 3, ask }, clock)
  await vi.runAllTimersAsync()
  const result = offered(await done, Uint16Array.from({ length: 10 }), 1, { rate: 10 })
  expect(Date.now()).toBe(3900)
  expect(result.routes[0]).toMatchObject({ sent: 10, failed: 5, refused: 0, inTime: 5 })
  expect(result.failures).toEqual([{ what: 'no answer within 3 s after the last request', count: 5 }])
})

test('of a server that is too slow, what it answers behind the end is not in time', async () => {
  const done = arrivals({ rate: 200, seconds: 1, graceSeconds: 10, ask: server() }, clock)
  await vi.runAllTimersAsync()
  const { routes } = offered(await done, Uint16Array.from({ length: 200 }), 1, { rate: 200 })
  // It can serve 100 a second.
  expect(routes[0]!.latenciesMs).toHaveLength(200)
  expect(routes[0]!.inTime).toBe(101)
})

test('statuses are told apart by route', async () => {
  const statuses = [200, 302, 404, 429, 503, 500]
  const kinds = Uint16Array.from([0, 0, 1, 1, 1, 1])
  const done = arrivals({ rate: 100, seconds: 0.06, graceSeconds: 1, ask: (index, settle) => settle(statuses[index]!, undefined) }, clock)
  await vi.runAllTimersAsync()
  const { routes, failures } = offered(await done, kinds, 2, { rate: 100 })
  expect(routes[0]).toMatchObject({ sent: 2, refused: 0, failed: 0 })
  expect(routes[1]).toMatchObject({ sent: 4, refused: 2, failed: 2 })
  expect(failures.map(({ what }) => what).sort()).toEqual(['HTTP/1.1 404', 'HTTP/1.1 500'])
})

test('routes are drawn by their weights, and the same ones for the same seed', () => {
  const drawn = (seed: number): number[] => Array.from({ length: 10_000 }, routeDraw([90, 0, 9, 1], seededRng(seed)))
  const counts = [0, 1, 2, 3].map((route) => drawn(1).filter((each) => each === route).length)
  expect(counts[1]).toBe(0)
  expect(counts[0]! / 9000).toBeCloseTo(1, 1)
  expect(counts[2]! / 900).toBeCloseTo(1, 0)
  expect(counts[3]).toBeGreaterThan(50)
  expect(drawn(1)).toEqual(drawn(1))
  expect(drawn(1)).not.toEqual(drawn(2))
})
