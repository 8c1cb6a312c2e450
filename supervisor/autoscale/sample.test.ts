import { expect, test } from 'vitest'

import type { BalancerStatus, LoopStatus } from '../../core/status.ts'
import { idleLoop } from '../../test/support/idle-loop.ts'
import { sampleOf } from './sample.ts'

const loop = (id: string, told: Partial<LoopStatus> = {}): LoopStatus => ({ ...idleLoop, id, utilization: 0.5, ...told })

const balancer = (told: Partial<BalancerStatus> = {}): BalancerStatus => ({
  id: '0',
  pid: 2,
  state: 'ready',
  connections: 0,
  inFlight: 0,
  queued: 0,
  requests: 0,
  shed: 0,
  retries: 0,
  rescued: 0,
  errors: 0,
  ...told,
})

const see = (loops: readonly LoopStatus[], ...balancers: readonly BalancerStatus[]) => sampleOf(7, { loops, balancers })

test('loops that are kept for blocking routes are seen apart from the others', () => {
  expect(see([loop('0'), loop('1', { utilization: 0.25 }), loop('2', { isolated: true, utilization: 1 })])).toEqual({
    at: 7,
    ordinary: { loops: 2, load: 0.75 },
    isolated: { loops: 1, load: 1 },
    queued: 0,
    shed: 0,
  })
})

test.each([{ blocked: true }, { holding: { routes: [], forMs: 500 } }])(
  'a loop that is held is busy, whatever it said last: %j',
  (told) => {
    expect(see([loop('0', { utilization: 0, ...told })])?.ordinary.load).toBe(1)
  },
)

test.each(['starting', 'draining', 'dead'] as const)('while a loop is %s nothing is said', (state) => {
  expect(see([loop('0'), loop('1', { state })])).toBeUndefined()
})

test('workers for blocking routes alone do not count', () => {
  const own = loop('b0', { forBlocking: true, utilization: 1, concurrency: 1, state: 'starting' })
  expect(see([loop('0'), own])?.ordinary).toEqual({ loops: 1, load: 0.5 })
})

test('workers that wait for the one request that they may hold are busy', () => {
  const workers = ['0', '1', '2', '3'].map((id) => loop(id, { utilization: 0.01, concurrency: 1 }))
  expect(see(workers, balancer({ inFlight: 1 }), balancer({ id: '1', inFlight: 2 }))?.ordinary.load).toBe(3)
  const own = loop('b0', { forBlocking: true, concurrency: 1, inFlight: 1 })
  expect(see([...workers, own], balancer({ inFlight: 3 }))?.ordinary.load).toBe(2)
})

test('what waits and was refused is added up over the balancers that serve', () => {
  const balancers = [balancer({ queued: 2, shed: 10 }), balancer({ id: '1', queued: 3, shed: 1 }), balancer({ state: 'dead', shed: 100 })]
  expect(see([loop('0')], ...balancers)).toMatchObject({ queued: 5, shed: 11 })
})
