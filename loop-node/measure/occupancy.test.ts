import type { IncomingMessage } from 'node:http'

import { beforeEach, expect, test, vi } from 'vitest'

import { quantile } from '../../core/route-counts.ts'
import { LoopBoard } from '../watchdog/board.ts'
import { Occupancy, type Work } from './occupancy.ts'
import { RouteTable } from './route-table.ts'

const request = (url: string, method = 'GET'): IncomingMessage => ({ url, method }) as IncomingMessage
const work = (): Work => ({ route: undefined, heldMs: 0 })

/** A loop whose time passes only as told: busy, or asleep; timers fire when they are due and the loop is free. */
function loop() {
  vi.useFakeTimers({ now: 0 })
  let now = 0
  let slept = 0
  const routes = new RouteTable(() => {})
  const board = new LoopBoard()
  const occupancy = new Occupancy(routes, board, { now: () => now }, () => slept)
  return {
    occupancy,
    board,
    busy: (ms: number) => void (now += ms),
    /** The loop waits for events; timers that are due fire. */
    sleep: (ms: number) => {
      for (let passed = 0; passed < ms; passed++) {
        now++
        slept++
        vi.advanceTimersByTime(1)
      }
    },
    /** The loop comes to its timers after it was busy. */
    timers: () => vi.advanceTimersByTime(5),
    holds: () =>
      Object.fromEntries(
        routes.asked
          .map((route) => route.counts())
          .map(({ method, route, seconds, counts }) => [
            `${method} ${route}`,
            { ms: Math.round(seconds * 1000), times: counts.reduce((a, b) => a + b, 0), p99: quantile(counts, 0.99) },
          ]),
      ),
  }
}

beforeEach(() => {
  vi.useRealTimers()
})

test('the call of the app is laid to its request', () => {
  const { occupancy, busy, sleep, holds } = loop()
  const [a, b] = [work(), work()]
  const [first, second] = [request('/a'), request('/b')]
  occupancy.enter(a, first)
  busy(40)
  occupancy.leave(a)
  occupancy.enter(b, second)
  busy(3)
  occupancy.leave(b)
  sleep(100)
  occupancy.over(b, second)
  occupancy.over(a, first)
  expect(holds()).toMatchObject({ 'GET /a': { ms: 40, times: 1 }, 'GET /b': { ms: 3, times: 1 } })
})

test('waiting is not holding', () => {
  const { occupancy, sleep, holds } = loop()
  const one = work()
  const req = request('/io')
  occupancy.enter(one, req)
  occupancy.leave(one)
  sleep(3_000)
  occupancy.responds(one)
  occupancy.over(one, req)
  expect(holds()).toMatchObject({ 'GET /io': { ms: 0, times: 1 } })
})

test('what the app does after an await is laid to the request that responds at its end', () => {
  const { occupancy, busy, sleep, holds } = loop()
  const [a, b] = [work(), work()]
  const [slow, quick] = [request('/slow'), request('/quick')]
  for (const [one, req] of [
    [a, slow],
    [b, quick],
  ] as const) {
    occupancy.enter(one, req)
    occupancy.leave(one)
  }
  sleep(23)
  busy(200)
  occupancy.responds(a)
  busy(1)
  occupancy.responds(b)
  occupancy.over(a, slow)
  occupancy.over(b, quick)
  const found = holds()
  expect(found['GET /slow']!.ms).toBeGreaterThanOrEqual(195)
  expect(found['GET /slow']!.ms).toBeLessThanOrEqual(205)
  expect(found['GET /quick']!.ms).toBeLessThanOrEqual(1)
})

test('one that goes on without responding is laid to the only route that is open, once', () => {
  const { occupancy, busy, sleep, timers, holds } = loop()
  const one = work()
  const req = request('/stages')
  occupancy.enter(one, req)
  occupancy.leave(one)
  sleep(20)
  busy(80)
  timers()
  sleep(50)
  occupancy.responds(one)
  occupancy.over(one, req)
  const found = holds()['GET /stages']!
  expect(found.times).toBe(1)
  expect(found.ms).toBeGreaterThanOrEqual(75)
  expect(found.ms).toBeLessThanOrEqual(90)
})

test('where several routes are open nobody is blamed', () => {
  const { occupancy, busy, sleep, timers, holds } = loop()
  const [a, b] = [work(), work()]
  occupancy.enter(a, request('/a'))
  occupancy.leave(a)
  occupancy.enter(b, request('/b'))
  occupancy.leave(b)
  sleep(20)
  busy(80)
  timers()
  expect(Object.keys(holds())).toEqual(['* (unknown)'])
})

test('code of no request is told apart, and the start of the app is nobody’s', () => {
  const { occupancy, busy, sleep, holds } = loop()
  busy(2_000)
  occupancy.tick(1_980)
  expect(holds()).toEqual({})
  sleep(20)
  busy(300)
  occupancy.tick(300)
  expect(holds()).toMatchObject({ '* (no request)': { ms: 300, times: 1 } })
})

test('sleep that was taken for work, as under a profiler, is no hold', () => {
  const { occupancy, busy, holds } = loop()
  occupancy.tick(0)
  for (let ticks = 0; ticks < 50; ticks++) {
    busy(20)
    occupancy.tick(0)
  }
  expect(holds()).toEqual({})
})

test('the framework’s name of a route is taken, and stands on the board while its handler runs', () => {
  const { occupancy, board, busy, holds } = loop()
  const config = {}
  for (const url of ['/users/1', '/users/2']) {
    const one = work()
    const req = request(url)
    occupancy.enter(one, req)
    occupancy.routed(request('/injected'), {}, '/injected')
    occupancy.routed(req, config, '/users/:who')
    busy(5)
    expect(board.open).toEqual([board.runs])
    occupancy.leave(one)
    expect(board.runs).toBe(0)
    occupancy.over(one, req)
    expect(board.open).toEqual([])
  }
  expect(holds()).toMatchObject({ 'GET /users/:who': { ms: 10, times: 2 } })
})

test('the longest hold is told once, with its route', () => {
  const { occupancy, busy } = loop()
  for (const [url, ms] of [
    ['/a', 12],
    ['/b', 50],
    ['/c', 30],
  ] as const) {
    const one = work()
    occupancy.enter(one, request(url))
    busy(ms)
    occupancy.leave(one)
    occupancy.over(one, request(url))
  }
  expect(occupancy.takeLongest()).toEqual({ method: 'GET', route: '/b', forMs: 50 })
  expect(occupancy.takeLongest()).toBeUndefined()
})

test('the time for which requests are open is added up, whether the loop runs, sleeps or is held', () => {
  const { occupancy, busy, sleep } = loop()
  const [a, b] = [work(), work()]
  const [first, second] = [request('/a'), request('/b')]
  sleep(1_000)
  occupancy.enter(a, first)
  busy(40)
  occupancy.leave(a)
  sleep(60)
  occupancy.enter(b, second)
  busy(5)
  // Answered within its own call.
  occupancy.over(b, second)
  busy(5)
  occupancy.leave(b)
  expect(occupancy.openMs(1_110)).toBe(110 + 10)
  sleep(90)
  occupancy.over(a, first)
  sleep(500)
  expect(occupancy.openMs(1_700)).toBe(200 + 10)
})

test('requests that are still open count up to now', () => {
  const { occupancy, sleep } = loop()
  for (let each = 0; each < 3; each++) {
    const one = work()
    occupancy.enter(one, request('/'))
    occupancy.leave(one)
  }
  sleep(100)
  expect(occupancy.openMs(100)).toBe(300)
})
