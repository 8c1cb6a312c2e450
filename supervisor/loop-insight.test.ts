import { expect, test, vi } from 'vitest'

import type { SupervisorToLoop, SupervisorToWatchdog } from '../core/messages.ts'
import { LoopInsight } from './loop-insight.ts'

function insight(refusal?: string) {
  const holds: unknown[] = []
  const toWatchdog: SupervisorToWatchdog[] = []
  const toLoop: SupervisorToLoop[] = []
  const made = new LoopInsight({
    loop: '3',
    refusal: () => refusal,
    toWatchdog: (message) => toWatchdog.push(message),
    toLoop: (message) => toLoop.push(message),
    onHold: (hold) => holds.push(hold),
  })
  return { insight: made, toWatchdog, toLoop, holds }
}

const hold = { type: 'hold', routes: [{ method: 'GET', route: '/a' }], forMs: 120 } as const

test('two profiles are answered each for itself', async () => {
  const { insight: loop, toWatchdog } = insight()
  const [first, second] = [loop.profile(1), loop.profile(2)]
  const [one, two] = toWatchdog
  loop.hear({ type: 'profile', ask: two!.ask, profile: 'b' })
  loop.hear({ type: 'profile', ask: one!.ask, profile: 'a' })
  expect(await Promise.all([first, second])).toEqual(['a', 'b'])
})

test('whoever waits is told when the loop ends, and when it cannot be profiled', async () => {
  const { insight: loop, toWatchdog } = insight()
  const failed = loop.profile(1)
  loop.hear({ type: 'profile', ask: toWatchdog[0]!.ask, error: 'no' })
  await expect(failed).rejects.toThrow('loop 3 gave no profile: no')
  const [profile, snapshot] = [loop.profile(1), loop.snapshot('/tmp/x')]
  loop.end()
  await expect(profile).rejects.toThrow('loop 3 ended')
  await expect(snapshot).rejects.toThrow('loop 3 ended')
})

test('a loop that does not answer is not waited for without end', async () => {
  vi.useFakeTimers()
  const { insight: loop } = insight()
  const profile = expect(loop.profile(5)).rejects.toMatchObject({ code: 'TIMEOUT' })
  await vi.advanceTimersByTimeAsync(15_000)
  await profile
  vi.useRealTimers()
})

test('a held loop writes no snapshot, but can be profiled', () => {
  const { insight: loop, toWatchdog } = insight()
  loop.hear({ ...hold, over: false })
  expect(loop.holding).toEqual({ routes: hold.routes, forMs: 120 })
  expect(() => loop.snapshot('/tmp/x')).toThrow('is held by a handler')
  void loop.profile(1).catch(() => {})
  expect(toWatchdog).toHaveLength(1)
  loop.hear({ ...hold, over: true })
  expect(loop.holding).toBeUndefined()
  loop.end()
})

test('one that cannot be looked into says why', () => {
  expect(() => insight('is starting').insight.profile(1)).toThrow('loop 3 is starting')
})

test('a stack is answered, or it is said why there is none', async () => {
  const { insight: loop, toWatchdog } = insight()
  const [first, second] = [loop.stack(), loop.stack()]
  const [one, two] = toWatchdog
  const frames = [{ name: 'spin', file: '/srv/app.js', line: 3, column: 1 }]
  loop.hear({ type: 'stack', ask: one!.ask, frames })
  loop.hear({ type: 'stack', ask: two!.ask, error: 'it waits' })
  expect(await first).toEqual(frames)
  await expect(second).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'loop 3 gave no stack: it waits' })
})

test('a later hold is not the one that was seen before', () => {
  const { insight: loop } = insight()
  loop.hear({ ...hold, forMs: 600, over: false })
  const seen = { routes: hold.routes, forMs: 600, over: false }
  expect(loop.isStillHeld(seen)).toBe(true)
  loop.hear({ ...hold, forMs: 1_100, over: false })
  expect(loop.isStillHeld(seen)).toBe(true)
  loop.hear({ ...hold, forMs: 1_200, over: true })
  expect(loop.isStillHeld(seen)).toBe(false)
  loop.hear({ ...hold, forMs: 100, over: false })
  expect(loop.isStillHeld(seen)).toBe(false)
})

test('a loop whose watchdog has ended says so at once', async () => {
  const { insight: loop, toWatchdog } = insight()
  loop.hear({ ...hold, over: false })
  const begun = loop.profile(1)
  const stack = expect(loop.stack()).rejects.toThrow('its watchdog has')
  loop.watchdogEnded()
  await stack
  await expect(begun).rejects.toThrow('loop 3 has ended, or its watchdog has')
  expect(() => loop.profile(1)).toThrow('loop 3 has ended, or its watchdog has')
  expect(toWatchdog).toHaveLength(2)
  expect(loop.holding).toBeUndefined()
})

test('what a snapshot holds up is blamed on no route', async () => {
  const { insight: loop, toLoop, holds } = insight()
  const snapshot = loop.snapshot('/tmp/x')
  loop.hear({ ...hold, over: false })
  expect(loop.holding).toEqual({ routes: [], forMs: 120 })
  const [asked] = toLoop
  if (asked?.type === 'snapshot') loop.snapshotEnded(asked.ask, undefined)
  await snapshot
  loop.hear({ ...hold, over: true })
  expect([loop.holding, holds]).toEqual([undefined, []])
  loop.hear({ ...hold, over: false })
  expect(holds).toHaveLength(1)
})
