import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { busyBeatMs, idleBeatMs } from '../../link/beat.ts'
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
  let reads = true
  let told: (() => void) | undefined
  const outbox = new Outbox({
    destroyed: false,
    writableLength: 0,
    write: (_bytes, done) => {
      beats++
      if (reads) done?.()
      else told = () => done?.()
      return true
    },
    cork: () => undefined,
    uncork: () => undefined,
  })
  const state = { busy: false }
  const made = new Beats(outbox, { inFlight: 0, utilization: 0, delayMs: 0 }, () => state.busy)
  return {
    made,
    state,
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
