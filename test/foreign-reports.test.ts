import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import type { MetricFamily } from '../core/metrics/family.ts'
import { startLoop, type LoopProcess } from './support/loop-process.ts'
import { signal } from './support/program.ts'

const app = fileURLToPath(new URL('./fixtures/apps/foreign-reporting.mjs', import.meta.url))

const start = async (): Promise<LoopProcess> => {
  const loop = startLoop(undefined, { settings: { command: `"${process.execPath}" ${app} {socket}` } })
  const { pid } = await loop.said('foreign')
  // It would outlive a loop that is killed.
  onTestFinished(() => signal(-pid, 'SIGKILL'))
  await loop.ready()
  return loop
}

/** A worker of the program joins and says this. */
const says = (loop: LoopProcess, ...lines: readonly unknown[]): Promise<unknown> =>
  loop.request({ method: 'POST', path: '/' }, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))

let asked = 0
const metrics = async (loop: LoopProcess): Promise<Map<string, MetricFamily>> => {
  const ask = (asked += 1)
  loop.order({ type: 'collect', ask })
  const { metrics: families } = await loop.said('metrics', (message) => message.ask === ask)
  return new Map(families.map((family) => [family.name, family]))
}

test('what the workers of a program say is in the reports and the metrics of its loop', async () => {
  const loop = await start()
  await says(loop, { utilization: 0.4, delayMs: 12, inFlight: 3, requests: 100 })
  const { report } = await loop.said('report', (message) => message.report.requests === 100)
  expect(report).toMatchObject({ utilization: expect.closeTo(0.4), delayP99Ms: 12, inFlight: 3 })

  await says(loop, { utilization: 0.8, inFlight: 1, requests: 11 })
  await loop.said('report', ({ report: { inFlight, requests } }) => inFlight === 4 && requests === 111)
  const told = await metrics(loop)
  expect(told.get('evenloop_loop_in_flight_requests')?.series).toEqual([{ labels: { loop: '0' }, value: 4 }])
  expect(told.get('evenloop_loop_requests_total')?.series).toEqual([{ labels: { loop: '0' }, value: 111 }])
  const delays = told.get('evenloop_loop_delay_seconds')?.series[0]?.value as readonly number[]
  expect(delays.slice(-2)).toEqual([1, 0.012])

  // Workers come and go; what they have done stays done.
  await loop.request({ method: 'DELETE', path: '/' })
  await loop.said('report', ({ report: { inFlight, requests } }) => inFlight === 0 && requests === 111)
  await says(loop, { requests: 5 })
  await loop.said('report', (message) => message.report.requests === 116)
})

test('a program that reports nothing has no metrics of what only it can know', async () => {
  const loop = await start()
  await loop.said('report')
  const names = [...(await metrics(loop)).keys()]
  expect(names).toContain('evenloop_loop_utilization')
  expect(names).not.toContain('evenloop_loop_requests_total')
  expect(names).not.toContain('evenloop_loop_in_flight_requests')
  expect(names).not.toContain('evenloop_loop_delay_seconds')
})

test('what makes no sense is passed over, and the rest is heard', async () => {
  const loop = await start()
  await says(
    loop,
    'no json',
    'null',
    '[1]',
    `{"requests":7,"pad":"${'x'.repeat(100_000)}"}`,
    { requests: -1 },
    { requests: 1.5, inFlight: '9', delayMs: null, utilization: 'high' },
    '{"requests":1e400}',
    { requests: 42 },
    '{"requests":43',
  )
  await loop.said('report', (message) => message.report.requests === 42)
  expect(loop.messages.some((message) => message.type === 'report' && ![0, 42].includes(message.report.requests))).toBe(false)
})

test('the socket for it belongs to its user alone, and is gone with the loop', async () => {
  const loop = await start()
  const { report } = JSON.parse((await loop.request({ path: '/' })).text) as { report: string }
  expect(statSync(report).mode & 0o077).toBe(0)
  loop.order({ type: 'drain', limitMs: 300 })
  expect(await loop.ended()).toBe(0)
  expect(existsSync(report)).toBe(false)
})
