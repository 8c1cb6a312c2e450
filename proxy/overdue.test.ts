import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { overdue, type Progress } from './overdue.ts'

const timeouts = { connect: 100, response: 1_000, idle: 500, request: 0, headers: 1, body: 300, keepAlive: 1, queue: 1, tunnel: 1 }
const waiting: Progress = {
  startedAt: 0,
  expectsContinue: false,
  body: undefined,
  attempt: { startedAt: 0, connecting: false },
  relay: undefined,
}

const loopLate = { kind: 'late', code: 'LOOP_TIMEOUT', outcome: 'failed' }
const clientLate = { kind: 'late', code: 'REQUEST_TIMEOUT', outcome: 'cancelled' }

/** Nothing is late at the limit, and this is one millisecond later. */
function expectAt(limit: number, progress: Partial<Progress>, verdict: unknown, more: Partial<typeof timeouts> = {}): void {
  const one = { ...waiting, ...progress }
  const all = { ...timeouts, ...more }
  expect(overdue(one, limit, all)).toBeUndefined()
  expect(overdue(one, limit + 1, all)).toEqual(verdict)
}

describe('before the head of the response', () => {
  test('a connection that does not come about', () => {
    expectAt(100, { attempt: { startedAt: 0, connecting: true } }, { kind: 'unconnected' })
  })

  test('a head that does not come, counted from the last byte of the body', () => {
    expectAt(1_000, {}, loopLate)
    expectAt(1_200, { body: { complete: true, awaited: false, lastByteAt: 200 } }, loopLate)
  })

  test('a client that pauses in its body, counted from the attempt where that began later', () => {
    expectAt(350, { body: { complete: false, awaited: true, lastByteAt: 50 } }, clientLate)
    expectAt(380, { body: { complete: false, awaited: true, lastByteAt: 0 }, attempt: { startedAt: 80, connecting: false } }, clientLate)
  })

  test('a loop that does not take the body', () => {
    expectAt(550, { body: { complete: false, awaited: false, lastByteAt: 50 } }, loopLate)
  })

  test('a loop that does not ask for the body the client holds back', () => {
    expectAt(1_000, { expectsContinue: true, body: { complete: false, awaited: true, lastByteAt: 0 } }, loopLate)
  })
})

describe('behind the head of the response', () => {
  test('a loop that pauses', () => {
    expectAt(700, { relay: { movedAt: 200, stalled: false } }, loopLate)
  })

  test('a client that does not read', () => {
    expectAt(700, { relay: { movedAt: 200, stalled: true } }, clientLate)
  })

  test('a body that still moves towards the loop counts as well', () => {
    expectAt(900, { relay: { movedAt: 200, stalled: false }, body: { complete: false, awaited: true, lastByteAt: 400 } }, loopLate)
  })
})

test('the whole may be limited, in the queue too', () => {
  expectAt(2_000, { relay: { movedAt: 2_000, stalled: false } }, loopLate, { request: 2_000 })
  expectAt(2_000, { attempt: undefined }, loopLate, { request: 2_000 })
})

test('in the queue nothing else is late', () => {
  expect(overdue({ ...waiting, attempt: undefined }, 1e9, timeouts)).toBeUndefined()
})

test('without limits nothing ever is', () => {
  const none = { connect: 0, response: 0, idle: 0, request: 0, headers: 0, body: 0, keepAlive: 0, queue: 0, tunnel: 0 }
  const time = fc.nat(1_000)
  const progress: fc.Arbitrary<Progress> = fc.record({
    startedAt: time,
    expectsContinue: fc.boolean(),
    body: fc.option(fc.record({ complete: fc.boolean(), awaited: fc.boolean(), lastByteAt: time }), { nil: undefined }),
    attempt: fc.option(fc.record({ startedAt: time, connecting: fc.boolean() }), { nil: undefined }),
    relay: fc.option(fc.record({ movedAt: time, stalled: fc.boolean() }), { nil: undefined }),
  })
  fc.assert(
    fc.property(progress, (one) => {
      expect(overdue(one, 1e12, none)).toBeUndefined()
    }),
  )
})
