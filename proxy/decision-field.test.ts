import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Candidate, Decision } from '../core/decision.ts'
import { decisionField } from './decision-field.ts'

const candidate = (loop: string, more: Partial<Candidate> = {}): Candidate => ({
  loop,
  key: loop,
  inFlight: 0,
  blocking: 0,
  limit: 0,
  latencyMs: 1,
  standing: 'eligible',
  ...more,
})
const decision: Decision = {
  route: 'GET /users/:id',
  class: 'async',
  priority: 'normal',
  policy: 'least-request',
  chosen: '2',
  reason: 'fewest requests in flight',
  queued: 0,
  candidates: [
    candidate('0', { inFlight: 3 }),
    candidate('1', { inFlight: 2, limit: 8, standing: 'silent' }),
    candidate('2'),
    candidate('3', { inFlight: 1, standing: 'isolated' }),
  ],
}

test('it says which loop, why, and what the others held', () => {
  expect(decisionField(decision)).toBe(
    'loop=2; policy=least-request; class=async; priority=normal; route="GET /users/:id"; reason="fewest requests in flight"; candidates="0:3 1:2/8(silent) 2:0 3:1(isolated)"',
  )
})

test('what is not known is left out, and a queue is told of', () => {
  const field = decisionField({ ...decision, route: undefined, chosen: undefined, queued: 4, candidates: [] })
  expect(field).toBe('policy=least-request; class=async; priority=normal; reason="fewest requests in flight"; queued=4; candidates=""')
})

test('a loop with a name that is no token is quoted', () => {
  expect(decisionField({ ...decision, chosen: '10.0.0.1:7400' })).toMatch(/^loop="10\.0\.0\.1:7400"; /)
  expect(decisionField({ ...decision, chosen: 'app-1.local:7400' })).toMatch(/^loop=app-1\.local:7400; /)
})

test('many candidates are cut between two of them, and the cut is shown', () => {
  const candidates = Array.from({ length: 1_000 }, (_, loop) => candidate(String(loop), { inFlight: loop }))
  const field = decisionField({ ...decision, candidates })
  expect(field.length).toBeLessThanOrEqual(1_000)
  expect(field.length).toBeGreaterThan(980)
  expect(field).toMatch(/ (\d+):\1 \.\.\."$/)
})

test('it is one line of ASCII, at most 1,000 bytes long, and its strings end where they should, whatever an app calls its routes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('"', '\\', 'a', 'ü'), maxLength: 300 }),
  )
  fc.assert(
    fc.property(text, text, text, fc.array(text, { maxLength: 20 }), (route, reason, chosen, loops) => {
      const field = decisionField({ ...decision, route, reason, chosen, queued: 1e9, candidates: loops.map((loop) => candidate(loop)) })
      expect(field.length).toBeLessThanOrEqual(1_000)
      // RFC 8941: parameters of integers, tokens and strings.
      expect(field).toMatch(/^(?:(?:^|; )[a-z]+=(?:[\w!#$%&'*+.^`|~:/-]+|"(?:[ !#-[\]-~]|\\["\\])*"))+$/)
    }),
  )
})
