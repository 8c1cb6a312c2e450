import fc from 'fast-check'
import { expect, test } from 'vitest'

import { type Failure, isIdempotent, mayRetry } from './retry-policy.ts'

const failure = (more: Partial<Failure> = {}): Failure => ({
  reached: 'maybe',
  method: 'GET',
  speaksTaken: false,
  responded: false,
  bodyReplayable: true,
  attempt: 1,
  attempts: 3,
  clientGone: false,
  ...more,
})

test('the idempotent methods are those of RFC 9110, by exact case', () => {
  expect(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'].every(isIdempotent)).toBe(true)
  expect(['POST', 'PATCH', 'CONNECT', 'get', 'PROPFIND', ''].some(isIdempotent)).toBe(false)
})

test.each<[string, Partial<Failure>, boolean]>([
  ['a GET that may have run', { method: 'GET', reached: 'taken' }, true],
  ['a PUT that may have run', { method: 'PUT', reached: 'maybe' }, true],
  ['a POST that never left', { method: 'POST', reached: 'no' }, true],
  ['a POST to a foreign server', { method: 'POST', reached: 'maybe' }, false],
  ['a POST to a loop of ours that did not say it began', { method: 'POST', reached: 'maybe', speaksTaken: true }, true],
  ['a POST that a loop of ours began', { method: 'POST', reached: 'taken', speaksTaken: true }, false],
])('%s', (_, more, expected) => {
  expect(mayRetry(failure(more))).toBe(expected)
})

const anyFailure = fc.record<Failure>({
  reached: fc.constantFrom('no', 'maybe', 'taken'),
  method: fc.constantFrom('GET', 'PUT', 'POST', 'PATCH'),
  speaksTaken: fc.boolean(),
  responded: fc.boolean(),
  bodyReplayable: fc.boolean(),
  attempt: fc.integer({ min: 1, max: 5 }),
  attempts: fc.integer({ min: 1, max: 5 }),
  clientGone: fc.boolean(),
})

test('what cannot be repeated never is', () => {
  fc.assert(
    fc.property(anyFailure, (one) => {
      const impossible = one.responded || one.clientGone || !one.bodyReplayable || one.attempt >= one.attempts
      const begun = !isIdempotent(one.method) && (one.reached === 'taken' || (one.reached === 'maybe' && !one.speaksTaken))
      expect(mayRetry(one)).toBe(!impossible && !begun)
    }),
  )
})
