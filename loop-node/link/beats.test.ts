import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { beatBytes, busyBeatMs, idleBeatMs, readRoutes } from '../../link/beat.ts'
import { beatFlag, frameHeaderBytes, frameType } from '../../link/frame.ts'
import { Outbox } from '../../link/outbox.ts'
import { ChangedRoutes } from '../measure/changed-routes.ts'
import { RouteTable } from '../measure/route-table.ts'
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
  let now = 0
  const state = { busy: false, claimed: false }
  const table = new RouteTable(() => {})
  const vitals = { inFlight: 0, utilization: 0, delayMs: 0 }
  const routes = new ChangedRoutes(table, { now: () => now })
  const made = new Beats(outbox, { vitals, routes, claimedByOthers: () => state.claimed, clock: { now: () => now } }, () => state.busy)
  return {
    made,
    state,
    table,
    /** A request of this route is over, which held the loop. */
    held: (route: string, ms: number) => {
      table.named('GET', route).observe(ms / 1_000)
      if (ms >= 10) table.longHolds++
    },
    /** The names of the routes in the last beat. */
    routes: () =>
      last.length > frameHeaderBytes + beatBytes ? readRoutes(last, frameHeaderBytes, last.length).map(({ route }) => route) : [],
    /** What the last beat said of other balancers. */
    claimed: () => (last[5]! & beatFlag.claimed) !== 0,
    respond: () => outbox.bytes(frameType.data, 0, 0, 1, Buffer.alloc(100), 0, 100),
    /** The types of the frames that are sent now, together. */
    frames: () => {
      outbox.flush()
      const types: number[] = []
      for (let at = 0; at < last.length; at += frameHeaderBytes + last.readUInt32LE(at)) types.push(last[at + 4]!)
      return types
    },
    beats: () => {
      outbox.flush()
      return beats
    },
    /** How many beats are sent in so many milliseconds. */
    in(ms: number): number {
      beats = 0
      for (let passed = 0; passed < ms; passed++) {
        now++
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

test('it beats once for what came and went within one turn, so that overload by short handlers shows', () => {
  const { made, in: beatsIn } = build()
  beatsIn(busyBeatMs)
  made.wake()
  made.wake()
  expect(beatsIn(20 * busyBeatMs)).toBe(1)
  made.wake()
  expect(beatsIn(20 * busyBeatMs)).toBe(1)
  made.stop()
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

test('one beat goes along with responses of which a part still waits for the balancer to read', () => {
  const { made, state, in: beatsIn, stopReading, readOn, respond, frames } = build()
  state.busy = true
  made.wake()
  stopReading()
  respond()
  beatsIn(1)
  respond()
  beatsIn(3 * busyBeatMs)
  readOn()
  expect(frames()).toEqual([frameType.data, frameType.beat])
  made.stop()
})

test('what is new of the routes rides on the slow beat where no request has held the loop for long', () => {
  const { made, state, held, routes, in: beatsIn } = build()
  state.busy = true
  held('/a', 9)
  beatsIn(idleBeatMs - 1)
  expect(routes()).toEqual([])
  beatsIn(1)
  expect(routes()).toEqual(['/a'])
  beatsIn(busyBeatMs)
  expect(routes()).toEqual([])
  made.stop()
})

test('a long hold is told of by the next fast beat, though its request is over, and the next ones not all too soon', () => {
  const { made, held, routes, in: beatsIn } = build()
  made.wake()
  held('/slow', 50)
  beatsIn(busyBeatMs)
  expect(routes()).toEqual(['/slow'])
  held('/slow', 50)
  held('/other', 1)
  made.wake()
  expect(beatsIn(95)).toBeGreaterThan(0)
  expect(routes()).toEqual([])
  beatsIn(busyBeatMs)
  expect(routes()).toEqual(['/slow', '/other'])
  expect(beatsIn(idleBeatMs - 200)).toBe(0)
  made.stop()
})

test('each balancer is told of a long hold, whatever the others know', () => {
  const { table, held } = build()
  const listeners = [new ChangedRoutes(table, { now: () => 0 }), new ChangedRoutes(table, { now: () => 0 })]
  held('/slow', 50)
  for (const listener of listeners) {
    expect(listener.due).toBe(true)
    expect(listener.take().map(({ route }) => route)).toEqual(['/slow'])
    expect(listener.due).toBe(false)
  }
})

test('a new balancer is told at once of what was declared and counted, and there is no beat where nothing was', () => {
  const { made, table, held, routes, beats } = build()
  made.greet()
  expect(beats()).toBe(0)
  table.declare('GET', '/report', 'blocking')
  held('/b', 1)
  made.greet()
  expect(beats()).toBe(1)
  expect(routes()).toEqual(['/report', '/b'])
  made.greet()
  expect(beats()).toBe(1)
  made.stop()
})

test('a balancer hears at once that another one claims the loop, and gives it up; no beat repeats what it knows', () => {
  const { made, state, claimed, beats, in: beatsIn } = build()
  state.claimed = true
  made.sayClaims()
  made.sayClaims()
  expect([beats(), claimed()]).toEqual([1, true])
  beatsIn(idleBeatMs)
  expect(claimed()).toBe(true)
  state.claimed = false
  made.sayClaims()
  expect([beats(), claimed()]).toEqual([2, false])
  made.stop()
})
