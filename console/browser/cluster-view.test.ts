import { expect, test } from 'vitest'

import type { LoopStatus } from '../../core/status.ts'
import { balancerStatus, clusterStatus, loopStatus, routeStatus } from '../../test/support/console-data.ts'
import { countersOf, samplesOf, viewOf } from './cluster-view.ts'
import { Holds } from './holds.ts'
import { Lives } from './lives.ts'
import { verdictOf } from './verdict.ts'

const block = { method: 'GET', route: '/block' }
const view = (status = clusterStatus(2), rates: Record<string, number> = {}) =>
  viewOf(status, (counter) => rates[counter] ?? 0, new Holds().update(0, status.loops), new Lives())
const heldLoop = loopStatus(1, { blocked: true, inFlight: 0, utilization: 0.01, holding: { routes: [block], forMs: 2_300 } })

test('every counter of a status has a name of its own', () => {
  const status = clusterStatus(3, { balancers: [balancerStatus(0), balancerStatus(1)] })
  expect(countersOf(status).size).toBe(3 + 2 * 3 + 3)
})

test('a loop that is held is busy with that, whatever it reported before', () => {
  const [, held] = view(clusterStatus([loopStatus(0), heldLoop])).loops
  expect(held).toMatchObject({ condition: 'blocked', loop: { utilization: 1, inFlight: 1, delayP99Ms: 2_300 } })
})

test('a loop that died while it was held is dead', () => {
  expect(view(clusterStatus([{ ...heldLoop, state: 'dead' }])).loops[0]!.condition).toBe('dead')
})

test('routes are sorted by how long they block, those that hold a loop now before all', () => {
  const routes = [routeStatus('/a', 1), routeStatus('/b', 900), routeStatus('/block', 50), routeStatus('/c', 1)]
  const names = (loops: Parameters<typeof clusterStatus>[0]) =>
    view(clusterStatus(loops, { routes })).routes.map(({ route }) => route.route)
  expect(names(2)).toEqual(['/b', '/block', '/a', '/c'])
  expect(names([heldLoop])).toEqual(['/block', '/b', '/a', '/c'])
})

test('a route that hangs before it was ever answered is there by its hold', () => {
  const [first] = view(clusterStatus([heldLoop], { routes: [] })).routes
  expect(first).toMatchObject({ route: block, perSecond: undefined, holds: [{ loop: '1', now: true }] })
})

test('a route that blocks is shown with the loops that it is confined to, others with none', () => {
  const routes = [routeStatus('/report', 60), routeStatus('/', 1)]
  const apart = clusterStatus([loopStatus(0), loopStatus(1, { isolated: true })], { routes })
  expect(view(apart).routes.map(({ route, on }) => [route.route, on])).toEqual([
    ['/report', 'on loop 1'],
    ['/', undefined],
  ])
  expect(view(apart).apart).toEqual({ loops: ['1'], workers: [], routes: ['GET /report'] })
  expect(view(clusterStatus(2, { routes })).routes.map(({ on }) => on)).toEqual([undefined, undefined])
})

test('totals add up, but for the delay, which is that of the slowest', () => {
  const status = clusterStatus(
    [loopStatus(0, { delayP99Ms: 2, inFlight: 4 }), loopStatus(1, { delayP99Ms: 9, inFlight: 5, state: 'draining' })],
    {
      balancers: [balancerStatus(0, { queued: 3, errors: 1 }), balancerStatus(1, { queued: 4, shed: 7 })],
    },
  )
  expect(view(status, { 'balancer 0': 100, 'balancer 1': 50, 'shed 1': 2 }).totals).toEqual({
    ready: 1,
    perSecond: 150,
    inFlight: 9,
    queued: 7,
    connections: 128,
    delayP99Ms: 9,
    shed: 7,
    shedPerSecond: 2,
    errors: 1,
    errorsPerSecond: 0,
  })
})

test('a loop that does not run has no point in the charts', () => {
  const values = samplesOf(view(clusterStatus([loopStatus(0), loopStatus(1, { state: 'dead' })])))
  expect([values.has('utilization/0'), values.has('utilization/1')]).toEqual([true, false])
})

test.each([
  [clusterStatus(4), 'All 4 loops run freely', 'good'],
  [clusterStatus(1), 'The loop runs freely', 'good'],
  [clusterStatus([loopStatus(0), heldLoop]), 'Loop 1 is held by GET /block', 'bad'],
  [clusterStatus([heldLoop, { ...heldLoop, id: '2' }]), 'Loop 1 is held by GET /block, and 1 more blocked', 'bad'],
  [clusterStatus([loopStatus(0), loopStatus(1, { state: 'dead' })]), 'Loop 1 is not running', 'bad'],
  [clusterStatus([loopStatus(0), loopStatus(1, { state: 'starting' })]), 'Loop 1 is starting', 'warn'],
  [clusterStatus(2, { reload: { state: 'running', generation: 2 } }), 'Reload to generation 2 is under way', 'warn'],
  [
    clusterStatus(2, { reload: { state: 'failed', generation: 1, message: 'no such file' } }),
    'The last reload failed: no such file',
    'warn',
  ],
] as const)('the verdict says what matters most (%#)', (status, text, level) => {
  expect(verdictOf(view(status))).toEqual({ text, level })
})

test('a silence is told when it lasts', () => {
  const holds = new Holds()
  const status = clusterStatus([loopStatus(0, { blocked: true })])
  const verdictAt = (at: number) => verdictOf(viewOf(status, () => 0, holds.update(at, status.loops), new Lives())).text
  expect([verdictAt(0), verdictAt(500)]).toEqual(['The loop runs freely', 'Loop 0 is silent'])
})

test('a short hold does not claim more than was measured', () => {
  const [loop] = view(clusterStatus([{ ...heldLoop, utilization: 0.2, holding: { routes: [block], forMs: 150 } }])).loops
  expect(loop).toMatchObject({ condition: 'blocked', loop: { utilization: 0.2, inFlight: 1 } })
})

test('a hold that is over is still told for a moment', () => {
  const holds = new Holds()
  holds.update(0, [heldLoop])
  const status = clusterStatus([loopStatus(1)])
  const after = viewOf(status, () => 0, holds.update(500, status.loops), new Lives())
  expect(verdictOf(after)).toEqual({ text: 'Loop 1 was held by GET /block a moment ago', level: 'warn' })
})

const worker = (id: number, change = {}) => loopStatus(id, { concurrency: 1, ...change })

test('a worker with one request at a time is busy where a loop would be blocked, and nobody need look', () => {
  const status = clusterStatus([worker(0), worker(1, { blocked: true, holding: { routes: [block], forMs: 2_300 } })])
  const shown = view(status)
  expect(shown.loops.map(({ condition }) => condition)).toEqual(['ready', 'busy'])
  expect(shown.loops[1]!.hold).toMatchObject({ forMs: 2_300, alone: true })
  expect(verdictOf(shown)).toMatchObject({ level: 'good' })
  // Its delay is nobody's.
  expect(shown.totals.delayP99Ms).toBeUndefined()
})

test('what a worker has done is no trouble of a moment ago', () => {
  const holds = new Holds()
  holds.update(0, [worker(0, { holding: { routes: [block], forMs: 300 } })])
  expect(holds.update(500, [worker(0, { lastHold: { ...block, forMs: 400, agoMs: 100 } })]).size).toBe(0)
})

test('how many workers are at work is said beside the loops', () => {
  const taken = worker(0, { tasks: { begun: 10, openSeconds: 59, atSeconds: 60 } })
  const free = worker(1, { tasks: { begun: 10, openSeconds: 3, atSeconds: 60 } })
  const verdict = (queued: number, ...loops: LoopStatus[]) => {
    const lives = new Lives()
    lives.update(0, loops, 0)
    return verdictOf(viewOf(clusterStatus(loops, { balancers: [balancerStatus(0, { queued })] }), () => 0, new Map(), lives))
  }
  const text = (...loops: LoopStatus[]) => verdict(0, ...loops).text
  expect(text(taken, free)).toBe('1 of 2 workers at work')
  expect(text(loopStatus(5), loopStatus(6), { ...taken, id: 'b0', forBlocking: true })).toBe(
    'All 2 loops run freely, 1 of 1 worker at work',
  )
})
