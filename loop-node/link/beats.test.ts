import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { RouteCounts } from '../../core/route-counts.ts'
import { beatBytes, busyBeatMs, idleBeatMs, readRoutes } from '../../link/beat.ts'
import { frameHeaderBytes } from '../../link/frame.ts'
import { Outbox } from '../../link/outbox.ts'
import { Beats } from './beats.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})

afterEach(() => {
  vi.useRealTimers()
})

function build() {
  let beats = 0
  let last = Buffer.alloc(0)
  let reads = true
  let told: (() => void) | undefined
  const outbox = new Outbox({
    destroyed: false,
    writableLength: 0,
    write: (bytes, done) => {
      beats++
      last = Buffer.from(bytes)
      if (reads) done?.()
      else told = () => done?.()
      return true
    },
    cork: () => undefined,
    uncork: () => undefined,
  })
  const state = { busy: false, routes: [] as RouteCounts[] }
  const made = new Beats(
    outbox,
    { inFlight: 0, utilization: 0, delayMs: 0 },
    () => state.routes.splice(0),
    () => state.busy,
  )
  return {
    made,
    state,
    /** What the last beat carried of routes. */
    routes: () => (last.length > frameHeaderBytes + beatBytes ? readRoutes(last, frameHeaderBytes, last.length) : []),
    /** How many beats are sent in so many milliseconds. */
    in(ms: number): number {
      beats = 0
      for (let passed = 0; passed < ms; passed++) {
        vi.advanceTimersByTime(1)
        // As the turn of the event loop does.
        outbox.flush()
      }
      return beats
    },
    stopReading: () => (reads = false),
    readOn: () => {
      reads = true
      told?.()
    },
  }
}

test('it beats often while there is a request, and rarely else', () => {
  const { made, state, in: beatsIn } = build()
  expect(beatsIn(idleBeatMs - 1)).toBe(0)
  expect(beatsIn(1)).toBe(1)
  state.busy = true
  made.wake()
  expect(beatsIn(20 * busyBeatMs)).toBe(20)
  state.busy = false
  expect(beatsIn(20 * busyBeatMs)).toBe(0)
  made.stop()
  expect(beatsIn(2 * idleBeatMs)).toBe(0)
})

test('beats do not pile up for a balancer that does not read', () => {
  const { made, state, in: beatsIn, stopReading, readOn } = build()
  state.busy = true
  made.wake()
  expect(beatsIn(busyBeatMs)).toBe(1)
  stopReading()
  expect(beatsIn(20 * busyBeatMs)).toBeLessThanOrEqual(2)
  readOn()
  expect(beatsIn(10 * busyBeatMs)).toBeGreaterThanOrEqual(9)
  made.stop()
})

test('the slow beat carries what is new of the routes, and the fast ones do not', () => {
  const { made, state, routes, in: beatsIn } = build()
  const counts: RouteCounts = { method: 'GET', route: '/a', counts: [1, 0, 2], seconds: 0.01 }
  state.busy = true
  state.routes = [counts]
  beatsIn(idleBeatMs - 1)
  expect(routes()).toEqual([])
  beatsIn(1)
  expect(routes()).toEqual([counts])
  beatsIn(busyBeatMs)
  expect(routes()).toEqual([])
  made.stop()
})
