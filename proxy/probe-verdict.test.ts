import { expect, test } from 'vitest'

import { judge, nextAsk, type Nature, type Verdict } from './probe-verdict.ts'
import type { ProbeResult } from './probe.ts'

const answer = (status: number, body: string): ProbeResult => ({ kind: 'answer', status, body })
const failed = (connected: boolean): ProbeResult => ({ kind: 'failed', connected, reason: 'it failed' })
const timeout = (connected: boolean): ProbeResult => ({ kind: 'timeout', connected })

test('loops and strangers are asked as loops; foreign servers by path or connection', () => {
  expect(nextAsk('unknown', '/ok')).toEqual({ kind: 'loop' })
  expect(nextAsk('loop', '/ok')).toEqual({ kind: 'loop' })
  expect(nextAsk('foreign', '/ok')).toEqual({ kind: 'path', path: '/ok' })
  expect(nextAsk('foreign', undefined)).toEqual({ kind: 'connect' })
})

test.each<[string, Nature, ProbeResult, Partial<Verdict>]>([
  ['a loop that serves', 'unknown', answer(200, 'ready\n'), { health: 'ok', nature: 'loop', says: 'ready' }],
  ['a loop that starts', 'loop', answer(503, 'starting'), { health: 'refused', nature: 'loop', says: 'starting' }],
  ['a loop that drains', 'loop', answer(503, 'draining'), { health: 'refused', nature: 'loop', says: 'draining' }],
  ['a loop that is blocked', 'loop', timeout(true), { health: 'busy', nature: 'loop' }],
  ['a loop whose backlog is full', 'loop', timeout(false), { health: 'busy', nature: 'loop' }],
  ['a loop that cut the probe off', 'loop', failed(true), { health: 'failed', nature: 'loop' }],
  ['a loop that is gone', 'loop', failed(false), { health: 'failed', nature: 'unknown' }],
  ['a stranger that answers otherwise', 'unknown', answer(200, 'GET,HEAD'), { health: 'ok', nature: 'foreign' }],
  ['a stranger that is unavailable in its own words', 'unknown', answer(503, 'Service Unavailable'), { health: 'ok', nature: 'foreign' }],
  ['a stranger whose page says ready with the wrong status', 'unknown', answer(404, 'ready'), { health: 'ok', nature: 'foreign' }],
  ['a stranger that ignores the question', 'unknown', timeout(true), { health: 'ok', nature: 'unknown' }],
  ['a stranger that hangs up on the question', 'unknown', failed(true), { health: 'ok', nature: 'unknown' }],
  ['a stranger that cannot be reached', 'unknown', timeout(false), { health: 'busy', nature: 'unknown' }],
  ['a stranger that refuses connections', 'unknown', failed(false), { health: 'failed', nature: 'unknown' }],
])('%s', (_, nature, result, expected) => {
  expect(judge(nature, { kind: 'loop' }, result)).toMatchObject(expected)
})

test.each([
  [199, 'failed'],
  [200, 'ok'],
  [399, 'ok'],
  [400, 'failed'],
  [503, 'failed'],
])('status %i of the health path: %s', (status, health) => {
  expect(judge('foreign', { kind: 'path', path: '/ok' }, answer(status, ''))).toMatchObject({
    health,
    nature: 'foreign',
    reason: `status ${status}`,
  })
})

test('a foreign server that went may come back as something else', () => {
  expect(judge('foreign', { kind: 'connect' }, { kind: 'connected' })).toMatchObject({ health: 'ok', nature: 'foreign' })
  expect(judge('foreign', { kind: 'connect' }, failed(false))).toMatchObject({ health: 'failed', nature: 'unknown' })
})
