import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Logger } from '../core/log.ts'
import { shutDown, type Stoppable } from './shutdown.ts'

const log = { warn: vi.fn() }
const clock = { now: () => Date.now() }

/** A process that takes so long to drain; `Infinity` never does. */
function stoppable(name: string, drainMs: number, order: string[]): Stoppable {
  let end!: () => void
  const exited = new Promise<void>((resolve) => (end = resolve))
  const process = {
    state: 'ready',
    exited,
    drain: (limitMs: number) => {
      order.push(`${name} drains for ${limitMs}`)
      if (drainMs < Infinity) setTimeout(() => process.die(`${name} ended`), drainMs)
      return exited
    },
    kill: () => process.die(`${name} killed`),
    die: (how: string) => {
      order.push(how)
      process.state = 'dead'
      end()
    },
  }
  return process
}

beforeEach(() => {
  vi.useFakeTimers()
  log.warn.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
})

async function run(limitMs: number, balancers: Stoppable[], loops: Stoppable[]): Promise<void> {
  const done = shutDown({ balancers, loops, limitMs, clock, log: log as unknown as Logger })
  await vi.runAllTimersAsync()
  await done
}

test('loops drain when the balancers have finished, within what is left', async () => {
  const order: string[] = []
  await run(1000, [stoppable('balancer', 200, order)], [stoppable('loop', 100, order)])
  expect(order).toEqual(['balancer drains for 800', 'balancer ended', 'loop drains for 800', 'loop ended'])
  expect(log.warn).not.toHaveBeenCalled()
})

test('a balancer held by endless streams does not keep the loops from closing, which ends the streams', async () => {
  const order: string[] = []
  await run(1000, [stoppable('balancer', Infinity, order)], [stoppable('loop', 100, order)])
  expect(order).toEqual(['balancer drains for 800', 'loop drains for 750', 'loop ended', 'balancer killed'])
  expect(log.warn).toHaveBeenCalledOnce()
})

test('what lives at the limit is ended, with a warning', async () => {
  const order: string[] = []
  await run(1000, [stoppable('balancer', 0, order)], [stoppable('loop', Infinity, order)])
  expect(order.at(-1)).toBe('loop killed')
  expect(log.warn).toHaveBeenCalledWith('1 process had not finished within 1 s (drainTimeout): what was open is cut')
})
