import { spawnSync } from 'node:child_process'

import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { fakeCluster } from './fixtures/fake-cluster.ts'
import { ask } from './support/ask-admin.ts'
import { listenTo } from './support/server-sent.ts'
import { until } from './support/wait.ts'

test('the status has the shape that others depend on', async () => {
  const cluster = fakeCluster({ loops: 2, balancers: 1 }, { inFlight: 3, requests: 40 })
  const { url } = await cluster.ready()
  const {
    loops: [loop],
    balancers: [balancer],
    uptimeSeconds,
    version,
    ...rest
  } = await cluster.waitFor('reports', ({ loops }) => loops.every((each) => each.requests === 40))
  expect(rest).toEqual({ model: 'hybrid', listen: url, routes: [], reload: { state: 'idle', generation: 1 } })
  expect([typeof uptimeSeconds, version]).toEqual(['number', expect.stringMatching(/^\d+\.\d+\.\d+/)])
  expect(loop).toEqual({
    id: '0',
    pid: expect.any(Number),
    forBlocking: false,
    concurrency: 0,
    uptimeSeconds: expect.any(Number),
    state: 'ready',
    generation: 1,
    inFlight: 3,
    requests: 40,
    utilization: 0.5,
    delayP99Ms: 1.5,
    rssBytes: 1000,
    heapUsedBytes: expect.any(Number),
    restarts: 0,
    isolated: false,
    blocked: false,
  })
  const counts = { connections: 0, inFlight: 0, queued: 0, requests: 0, shed: 0, retries: 0, rescued: 0, errors: 0 }
  expect(balancer).toEqual({ id: '0', pid: expect.any(Number), state: 'ready', ...counts })
})

test('probes answer for the process and for the service', async () => {
  const cluster = fakeCluster({ loops: 1, restart: { minDelay: 60_000, maxDelay: 60_000 } })
  const { admin } = await cluster.ready()
  expect((await fetch(`${admin}/healthz`)).status).toBe(200)
  expect((await fetch(`${admin}/readyz`)).status).toBe(200)
  process.kill((await cluster.status()).loops[0]!.pid, 'SIGKILL')
  await cluster.waitFor('the death', ({ loops }) => loops[0]!.state === 'dead')
  expect((await fetch(`${admin}/healthz`)).status).toBe(200)
  expect((await fetch(`${admin}/readyz`)).status).toBe(503)
})

test('the metrics of every loop, balancer and the supervisor are on one page that promtool accepts', async () => {
  const cluster = fakeCluster({ loops: 2, balancers: 2 }, { requests: 4 })
  const { admin } = await cluster.ready()
  const answer = await fetch(`${admin}/metrics`)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await answer.text()
  for (const line of [
    'evenloop_loop_requests_total{loop="0"} 4',
    'evenloop_loop_requests_total{loop="1"} 4',
    'evenloop_loop_up{loop="0"} 1',
    'evenloop_loop_restarts_total{loop="1"} 0',
    'evenloop_loop_isolated{loop="1"} 0',
    'evenloop_proxy_requests_total{balancer="1"} 0',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toMatch(/^evenloop_build_info\{version="[^"]+",node="v[^"]+"\} 1$/m)
  const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  expect([check.status, check.stdout, check.stderr]).toEqual([0, '', ''])
})

test('a loop that cannot answer is shown with its last known metrics', async () => {
  const cluster = fakeCluster({ loops: 2 }, { loops: { 1: { mute: true } } })
  await cluster.ready()
  expect(await cluster.metric('evenloop_loop_requests_total')).toEqual(['evenloop_loop_requests_total{loop="0"} 5'])
})

test('events bring the status at once and then every second', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  expect(heard.headers['content-type']).toBe('text/event-stream')
  await until('two statuses', () => heard.statuses().length >= 2)
  expect(heard.statuses().map((status) => status.loops.length)).toEqual([1, 1])
})

test('a loop that fell silent is blocked in status, metrics and the next event, until it speaks again', async () => {
  const cluster = fakeCluster({ loops: 2, balancers: 1 })
  const { url, admin } = await cluster.ready()
  const { key, loop } = (await cluster.traffic()).endpoints[0]!
  const blocked = ({ loops }: ClusterStatus) => loops.filter((each) => each.blocked).map((each) => each.id)
  const heard = await listenTo(`${admin}/api/events?every=10000`)
  await fetch(`${url}/silent/${key}`)
  await until('the loop in an event', () => blocked(heard.statuses().at(-1)!)[0] === loop)
  expect(blocked(await cluster.status())).toEqual([loop])
  expect(await cluster.metric('evenloop_loop_blocked')).toContain(`evenloop_loop_blocked{loop="${loop}"} 1`)
  await fetch(`${url}/speaks/${key}`)
  await cluster.waitFor('the loop to be heard', (status) => blocked(status).length === 0)
  expect(await cluster.metric('evenloop_loop_blocked')).toContain(`evenloop_loop_blocked{loop="${loop}"} 0`)
})

test('an open event stream does not hold up the stop', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const answer = await fetch(`${admin}/api/events`)
  cluster.signal('SIGTERM')
  expect(await cluster.exited).toBe(0)
  await answer.body?.cancel().catch(() => {})
})

test('the console needs nothing from elsewhere, and may run nothing but its own files', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const answer = await fetch(admin)
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  const html = await answer.text()
  expect(html).toContain('<title>evenloop</title>')
  expect(html).not.toMatch(/<script>|\son\w+=|(src|href)="(https?:|\/\/)/)
  const named = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => new URL(path!, admin).href)
  expect(await Promise.all(named.map(async (url) => [url, (await fetch(url)).status]))).toEqual(named.map((url) => [url, 200]))
})

test('a page from elsewhere can neither read nor steer the cluster', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const { host } = new URL(admin)
  const json = { 'content-type': 'application/json' }
  const stop = `${admin}/api/stop`
  expect((await ask(`${admin}/api/status`, { host: 'rebound.example:9400' })).status).toBe(403)
  expect((await ask(`${admin}/api/status`, { host: 'localhost:9400' })).status).toBe(200)
  expect((await ask(stop, { host, ...json, origin: 'http://evil.example' }, 'POST')).status).toBe(403)
  expect((await ask(stop, { host, ...json, origin: 'null' }, 'POST')).status).toBe(403)
  expect((await ask(stop, { host, origin: admin }, 'POST')).status).toBe(415)
  expect((await ask(stop, { host, 'content-type': 'text/plain' }, 'POST')).status).toBe(415)
  expect((await cluster.status()).loops[0]!.state).toBe('ready')
  expect((await ask(`${admin}/api/reload`, { host, ...json, origin: admin }, 'POST')).status).toBe(202)
})

test('what is not there and what is not JSON are answered in JSON', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const missing = await fetch(`${admin}/api/nothing`)
  expect([missing.status, await missing.json()]).toEqual([404, { error: 'NOT_FOUND', message: 'no GET /api/nothing here' }])
  const broken = await fetch(`${admin}/api/scale`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"loops":' })
  expect([broken.status, await broken.json()]).toEqual([400, { error: 'BAD_REQUEST', message: 'the body is not valid JSON' }])
})

test('runs without an admin API where that is asked for', async () => {
  const cluster = fakeCluster({ loops: 1, admin: 'off' })
  await cluster.ready()
  expect(cluster.stdout()).toContain('admin off)')
})
