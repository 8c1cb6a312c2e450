import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { LoopToSupervisor, SupervisorToLoop } from '../core/messages.ts'
import type { ChildHooks } from './child-process.ts'
import { LoopProcess } from './loop-process.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start(limits: { memoryLimit?: number } = {}) {
  let hooks!: Pick<ChildHooks<LoopToSupervisor>, 'message' | 'exit'>
  const sent: SupervisorToLoop[] = []
  const onMemory = vi.fn()
  const killForeign = vi.fn()
  const process = new LoopProcess({
    identity: { key: '0.1.1', id: '0', generation: 1 },
    limits: { startTimeout: 1000, memoryLimit: 0, concurrency: 4, ...limits },
    clock: { now: () => Date.now() },
    spawn: (given) => {
      hooks = given
      return { pid: 42, side: () => {}, send: (message) => sent.push(message), kill: (signal) => given.exit({ code: null, signal }) }
    },
    onMemory,
    onReport: () => {},
    onHold: () => {},
    forBlocking: false,
    killForeign,
  })
  const say = (message: LoopToSupervisor): void => hooks.message(message)
  return {
    process,
    sent,
    onMemory,
    killForeign,
    say,
    ready: (kind = 'plugin') => say({ type: 'ready', address: 'http+unix:/a.sock', kind }),
    weigh: (rssBytes: number) =>
      say({
        type: 'report',
        report: { utilization: 0, delayP99Ms: 0, inFlight: 0, requests: 0, heapUsedBytes: 0, rssBytes, routes: [], isolated: false },
      }),
    exit: (code: number) => hooks.exit({ code, signal: null }),
  }
}

test('a ready loop is an endpoint at the address that it named', async () => {
  const { process, ready } = start()
  ready()
  expect(await process.ready).toEqual({ ready: true })
  expect(process.endpoint('ready')).toEqual({
    key: '0.1.1',
    loop: '0',
    address: 'http+unix:/a.sock',
    state: 'ready',
    concurrency: 4,
    node: true,
    forBlocking: false,
  })
})

test('a foreign server is no loop of ours', () => {
  const { process, ready } = start()
  ready('foreign')
  expect(process.endpoint('ready').node).toBe(false)
})

test('a loop that says why it failed is believed, and ended where it stays', async () => {
  const { process, say } = start()
  say({ type: 'failed', error: { message: 'no database', stack: 'at x' } })
  expect(await process.ready).toEqual({ ready: false, error: { message: 'no database', stack: 'at x' }, certain: true })
  await vi.advanceTimersByTimeAsync(2000)
  expect(await process.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a loop that is silent beyond startTimeout is ended', async () => {
  const { process } = start()
  await vi.advanceTimersByTimeAsync(3000)
  expect(await process.ready).toMatchObject({
    ready: false,
    error: { message: expect.stringContaining('not ready within 1 s; raise startTimeout') },
  })
  expect(process.state).toBe('dead')
})

test('a bare exit says how it ended', async () => {
  const { process, exit } = start()
  exit(7)
  expect(await process.ready).toEqual({
    ready: false,
    error: { message: 'the process ended with exit code 7 before it was ready' },
    certain: false,
  })
})

test('memory above the limit counts after three reports in a row', () => {
  const { process, onMemory, ready, weigh } = start({ memoryLimit: 100 })
  ready()
  for (const bytes of [101, 101, 100, 101, 101]) weigh(bytes)
  expect(onMemory).not.toHaveBeenCalled()
  weigh(101)
  expect(onMemory).toHaveBeenCalledExactlyOnceWith(process)
})

test('a foreign program is ended with the loop process that died, and left alone after an orderly end', () => {
  const died = start()
  died.say({ type: 'foreign', pid: 77 })
  died.exit(1)
  expect(died.killForeign).toHaveBeenCalledWith(77)
  const ended = start()
  ended.say({ type: 'foreign', pid: 77 })
  ended.exit(0)
  expect(ended.killForeign).not.toHaveBeenCalled()
})

test('a drain looks at the counters first, tells the loop once, and ends it where it does not obey', async () => {
  const { process, sent, ready, say } = start()
  ready()
  const drained = process.drain(500)
  say({ type: 'metrics', ask: 1, metrics: [{ name: 'a', series: [] }] })
  await vi.advanceTimersByTimeAsync(0)
  void process.drain(500)
  expect(sent).toEqual([
    { type: 'collect', ask: 1 },
    { type: 'drain', limitMs: 500 },
  ])
  expect(process.metrics.last).toEqual([{ name: 'a', series: [] }])
  await vi.advanceTimersByTimeAsync(2500)
  expect(await drained).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a loop that ends before it can be told to drain leaves no timer behind', async () => {
  const { process, exit } = start()
  const drained = process.drain(500)
  exit(0)
  await drained
  expect(vi.getTimerCount()).toBe(0)
})

test('what an app of its own sends over the channel is ignored', () => {
  const { process, say } = start()
  say({ type: 'online' } as unknown as LoopToSupervisor)
  expect(process.state).toBe('starting')
})
