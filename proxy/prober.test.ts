import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { identity, ManualClock, tuning } from '../test/support/endpoints.ts'
import { logLines } from '../test/support/log-lines.ts'
import { EndpointSet } from './balancing/endpoint-set.ts'
import type { EndpointIdentity } from './balancing/endpoint.ts'
import type { Probe, ProbeAsk, ProbeResult } from './probe.ts'
import { Prober } from './prober.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const says = (status: number, body: string): ProbeResult => ({ kind: 'answer', status, body })
const ready = says(200, 'ready')
const refused: ProbeResult = { kind: 'failed', connected: false, reason: 'connect ECONNREFUSED' }

/** A set whose every endpoint answers what `answer` says at the time. */
function setup(identities: readonly EndpointIdentity[], answer: (ask: ProbeAsk, path: string) => ProbeResult, path?: string, draw = 0.5) {
  const set = new EndpointSet(tuning, new ManualClock())
  set.apply(identities)
  const { log, lines } = logLines()
  const asks: { ask: ProbeAsk; at: number }[] = []
  const begun = Date.now()
  const probe: Probe = async (address, ask) => {
    asks.push({ ask, at: Date.now() - begun })
    return answer(ask, address.kind === 'unix' ? address.path : '')
  }
  const health = { interval: 1_000, timeout: 500, ...(path === undefined ? {} : { path }) }
  const prober = new Prober(set, { health, rng: () => draw, log, probe })
  prober.start()
  return { set, prober, asks, lines: () => lines.filter(({ level }) => level > 20).map(({ msg }) => msg), all: lines }
}

const found = identity('a', { node: false, state: 'starting' })
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('a found loop serves after its first good answer, and is known as ours', async () => {
  const { set, lines } = setup([found], () => ready)
  expect(set.serving).toEqual([])
  await pass(0)
  expect(set.serving).toHaveLength(1)
  expect(set.all[0]!.node).toBe(true)
  await pass(10_000)
  expect(lines()).toEqual(['endpoint is healthy'])
})

test('a loop that starts gets nothing, even where it is the only one', async () => {
  let answer = says(503, 'starting')
  const { set } = setup([found], () => answer)
  await pass(1_000)
  expect(set.serving).toEqual([])
  answer = ready
  await pass(1_000)
  expect(set.serving).toHaveLength(1)
})

test('a loop that says it drains gets nothing more at once, while another can serve', async () => {
  let answer = ready
  const { set, lines } = setup([identity('a'), identity('b')], (_, path) => (path.includes('a') ? answer : ready))
  await pass(0)
  answer = says(503, 'draining')
  await pass(1_000)
  expect(set.serving.map(({ key }) => key)).toEqual(['b'])
  expect(lines()).toEqual(['endpoint does not wish to serve'])
})

test('a loop is unhealthy after three failures and healthy after one success, each said once', async () => {
  let answer = ready
  const { set, lines } = setup([identity('a'), identity('b')], (_, path) => (path.includes('a') ? answer : ready))
  await pass(0)
  answer = refused
  await pass(2_000)
  expect(set.serving).toHaveLength(2)
  await pass(1_000)
  expect(set.serving.map(({ key }) => key)).toEqual(['b'])
  await pass(5_000)
  answer = ready
  await pass(1_000)
  expect(set.serving).toHaveLength(2)
  expect(lines()).toEqual(['endpoint is unhealthy', 'endpoint is healthy'])
})

test('a loop that is busy keeps its place', async () => {
  const { set, lines, all } = setup([identity('a')], () => ({ kind: 'timeout', connected: true }))
  await pass(60_000)
  expect(set.all[0]!.health.healthy).toBe(true)
  expect(lines()).toEqual([])
  expect(all.at(-1)!.msg).toBe('endpoint did not answer its probe in time')
})

test('a foreign server is asked the question of loops once, then only for a connection', async () => {
  const { set, asks } = setup([found], (ask) => (ask.kind === 'loop' ? says(404, 'not found') : { kind: 'connected' }))
  await pass(2_000)
  expect(asks.map(({ ask }) => ask.kind)).toEqual(['loop', 'connect', 'connect'])
  expect(set.serving).toHaveLength(1)
  expect(set.all[0]!.node).toBe(false)
})

test('a foreign server that a supervisor started is asked by its path alone', async () => {
  const { asks } = setup([identity('a', { node: false })], () => says(200, ''), '/ok')
  await pass(1_000)
  expect(asks.map(({ ask }) => ask)).toEqual([
    { kind: 'path', path: '/ok' },
    { kind: 'path', path: '/ok' },
  ])
})

test('with a health path the app behind a loop has its own word', async () => {
  let status = 200
  const { set } = setup(
    [identity('a'), identity('b')],
    (ask, path) => (ask.kind === 'loop' ? ready : says(path.includes('a') ? status : 200, '')),
    '/ok',
  )
  await pass(0)
  status = 500
  await pass(3_000)
  expect(set.serving.map(({ key }) => key)).toEqual(['b'])
})

test.each([
  [0, 900],
  [0.5, 1_000],
  [0.999_999, 1_099],
])('probes are spread around the interval: drawn %d, the next comes after %i ms', async (draw, pause) => {
  const { asks } = setup([identity('a')], () => ready, undefined, draw)
  await pass(pause)
  expect(asks.map(({ at }) => at)).toEqual([0, pause])
})

test('it follows the set: new ones are asked at once, those that left or drain never again', async () => {
  const { set, asks } = setup([identity('a')], () => ready)
  await pass(0)
  set.apply([identity('b', { state: 'starting' }), identity('a', { state: 'draining' })])
  await pass(0)
  expect(asks).toHaveLength(2)
  expect(set.serving.map(({ key }) => key)).toEqual(['b'])
  set.apply([])
  await pass(10_000)
  expect(asks).toHaveLength(2)
})

test('an answer that comes after its endpoint began to drain changes nothing', async () => {
  let finish: (result: ProbeResult) => void = () => {}
  const set = new EndpointSet(tuning, new ManualClock())
  set.apply([found])
  const probe: Probe = () => new Promise((resolve) => (finish = resolve))
  new Prober(set, { health: { interval: 1_000, timeout: 500 }, rng: () => 0.5, log: logLines().log, probe }).start()
  set.apply([{ ...found, state: 'draining' }])
  finish(ready)
  await pass(0)
  expect(set.all[0]!.state).toBe('draining')
})

test('stopped, it asks nothing', async () => {
  const { prober, asks, set } = setup([identity('a')], () => ready)
  await pass(0)
  prober.stop()
  set.apply([identity('b')])
  await pass(10_000)
  expect(asks).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})
