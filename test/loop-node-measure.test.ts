import { expect, test } from 'vitest'

import { metricCatalog } from '../core/metrics/catalog.ts'
import type { MetricFamily } from '../core/metrics/family.ts'
import { startLoop } from './support/loop-process.ts'
import { until } from './support/wait.ts'

const find = (metrics: readonly MetricFamily[], name: string): MetricFamily['series'] =>
  metrics.find((each) => each.name === `evenloop_${name}`)?.series ?? []

test('a handler that blocks for 200 ms is seen in utilization, delay and the histogram', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  await loop.request({ path: '/block' })
  const { report } = await loop.said('report', (each) => each.report.requests === 1 && each.report.delayP99Ms >= 150)
  expect(report.utilization).toBeGreaterThan(0.1)
  expect(report.utilization).toBeLessThanOrEqual(1)
  expect(report).toMatchObject({ requests: 1, inFlight: 0 })
  expect(report.rssBytes).toBeGreaterThan(report.heapUsedBytes)

  loop.order({ type: 'collect', ask: 7 })
  const metrics = (await loop.said('metrics', (each) => each.ask === 7)).metrics
  const delay = find(metrics, 'loop_delay_seconds')[0]!.value as readonly number[]
  const below = (bound: number): number => delay[metricCatalog.loopDelay.buckets.findIndex((each) => each === bound)]!
  expect(below(10) - below(0.1)).toBeGreaterThanOrEqual(1)
  expect(find(metrics, 'loop_requests_total')[0]).toMatchObject({ value: 1, labels: { loop: '0' } })
  expect(find(metrics, 'loop_cpu_seconds_total')[0]!.value).toBeGreaterThan(0)
  expect(find(metrics, 'loop_gc_pause_seconds').every(({ labels }) => labels['loop'] === '0' && labels['kind'] !== undefined)).toBe(true)
  // These are the supervisor's to say.
  for (const name of ['loop_up', 'loop_restarts_total', 'loop_isolated']) expect(find(metrics, name)).toEqual([])
})

test('counts a request as in flight until its response is closed, also when the client gives up', async () => {
  const loop = startLoop('never-answers.mjs')
  await loop.ready()
  const open = new AbortController()
  const request = loop.request({ path: '/', signal: open.signal }).catch(() => undefined)
  await loop.said('report', ({ report }) => report.inFlight === 1)
  open.abort()
  await request
  await until('the request to be over', () => loop.output().includes('cut'))
  const seen = loop.messages.length
  await until('a report without it', () =>
    loop.messages.slice(seen).some((each) => each.type === 'report' && each.report.inFlight === 0 && each.report.requests === 1),
  )
})

test('alone, it shows probes and metrics itself', async () => {
  const loop = startLoop('plugin-esm.mjs', { supervised: false, admin: '127.0.0.1:0', settings: { logLevel: 'info' } })
  const port = await until('the admin address', () => /"admin":"127\.0\.0\.1:(\d+)"/.exec(loop.output())?.[1])
  const get = (path: string) => loop.request({ socketPath: undefined, host: '127.0.0.1', port, path })
  await until('readiness', async () => (await get('/readyz')).status === 200)
  const { text } = await get('/metrics')
  expect(text).toContain('evenloop_loop_up{loop="0"} 1')
  expect(text).toContain('evenloop_loop_isolated{loop="0"} 0')
  expect(text).toContain('# TYPE evenloop_loop_delay_seconds histogram')
  expect(text).toContain('# TYPE evenloop_loop_requests_total counter')
})
