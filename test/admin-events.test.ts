import net from 'node:net'

import { expect, test } from 'vitest'

import type { ClusterHistory } from '../core/status.ts'
import { fakeCluster } from './fixtures/fake-cluster.ts'
import { startCluster } from './support/cluster.ts'
import { listenTo } from './support/server-sent.ts'
import { until } from './support/wait.ts'

test('a listener hears how the cluster began, and of a loop that is killed, at once', async () => {
  const cluster = fakeCluster({ loops: 2, balancers: 1 })
  const { admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  await until('the first notices', () => heard.notices().length >= 2)
  expect(heard.notices().map(({ id, kind, message }) => ({ id, kind, message }))).toEqual([
    { id: 1, kind: 'start', message: 'starting 2 loops, 1 balancer' },
    { id: 2, kind: 'ready', message: 'ready: 2 loops, 1 balancer' },
  ])
  const victim = (await cluster.status()).loops[1]!
  process.kill(victim.pid, 'SIGKILL')
  const crash = await until('the crash', () => heard.notices().find(({ kind }) => kind === 'crash'))
  expect(crash).toEqual({
    id: 3,
    at: expect.any(Number),
    kind: 'crash',
    severity: 'error',
    loop: '1',
    message: expect.stringMatching(/^loop 1 ended with signal SIGKILL; starting it again in \d+ ms$/),
  })
  expect(Math.abs(crash.at - Date.now())).toBeLessThan(60_000)
  // The log says the same, word for word.
  expect(cluster.log().map(({ msg }) => msg)).toContain(crash.message)
})

test('a balancer that is killed is told of too', async () => {
  const cluster = fakeCluster({ loops: 1, balancers: 2 })
  const { admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  process.kill((await cluster.status()).balancers[1]!.pid, 'SIGKILL')
  const crash = await until('the crash', () => heard.notices().find(({ kind }) => kind === 'crash'))
  expect(crash).toMatchObject({
    balancer: '1',
    message: expect.stringMatching(/^balancer 1: ended with signal SIGKILL; starting it again in/),
  })
})

test('reload, scale and drain are told as they begin and end, and so is their failure', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  await cluster.post('/api/scale?wait=1', { loops: 2 })
  await cluster.post('/api/reload?wait=1')
  await cluster.post('/api/loops/1/drain?wait=1')
  cluster.control({ fail: 'the new code\n  is broken' })
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(500)
  await until('the failure', () => heard.notices().some(({ severity }) => severity === 'error'))
  expect(
    heard
      .notices()
      .slice(2)
      .map(({ kind, severity, message }) => [kind, severity, message]),
  ).toEqual([
    ['scale', 'info', 'scale: 2 loops'],
    ['reload', 'info', 'reload: generation 2 begins'],
    ['reload', 'info', 'reload: all 2 loops run generation 2'],
    ['replace', 'info', 'loop 1 replaced'],
    ['reload', 'info', 'reload: generation 3 begins'],
    ['reload', 'error', expect.stringContaining('the new code did not become ready (the new code is broken)')],
  ])
})

test('requests that a balancer sheds are told with their count', async () => {
  const cluster = fakeCluster({ loops: 1, balancers: 1 })
  const { url, admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  await fetch(`${url}/shed/7`)
  const shed = await until('the notice', () => heard.notices().find(({ kind }) => kind === 'shed'))
  expect(shed).toMatchObject({
    severity: 'warning',
    balancer: '0',
    message: 'balancer 0 refused 7 requests: no loop could take them in time',
  })
  expect((await cluster.status()).balancers[0]!.shed).toBe(7)
})

test('what a real balancer sheds is in status and notices to the last request', async () => {
  const cluster = await startCluster({
    app: 'examples/demo/app.js',
    args: ['--model', 'sync', '--loops', '1', '--balancers', '1', '--limits-queue', '0'],
  })
  const heard = await listenTo(`${cluster.adminUrl}/api/events`)
  const answers = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${cluster.url}/block?ms=400`)).status))
  const refused = answers.filter((status) => status === 503).length
  expect(refused).toBeGreaterThan(0)
  const status = await cluster.waitFor('the report', ({ balancers }) => balancers[0]!.shed === refused)
  expect(status.balancers[0]).toMatchObject({ requests: 5, errors: refused, retries: 0, rescued: 0 })
  const told = () =>
    heard
      .notices()
      .flatMap(({ message }) => /refused (\d+) request/.exec(message)?.[1] ?? [])
      .reduce((sum, count) => sum + Number(count), 0)
  await until('the notices', () => told() === refused)
})

test('the stop is told before the stream ends', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const heard = await listenTo(`${admin}/api/events`)
  cluster.signal('SIGTERM')
  expect(await cluster.exited).toBe(0)
  await until('the end', () => heard.ended())
  expect(heard.notices().at(-1)).toMatchObject({ kind: 'stop', severity: 'info' })
})

test('who comes back gets what it has missed; what is no number of ours counts as nothing', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const first = async (lastEventId: string) => {
    const heard = await listenTo(`${admin}/api/events`, { 'last-event-id': lastEventId })
    await until('a second status', () => heard.statuses().length >= 2)
    heard.leave()
    return heard.notices().map(({ id }) => id)
  }
  expect(await Promise.all(['1', '2', '999', '-1', 'abc', '9'.repeat(4_000), '1, 2'].map(first))).toEqual([
    [2],
    [],
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
    [1, 2],
  ])
})

test('a listener chooses its pace, within limits', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const [fast, slow] = await Promise.all([listenTo(`${admin}/api/events?every=250`), listenTo(`${admin}/api/events?every=10000`)])
  await until('five statuses', () => fast.statuses().length >= 5)
  expect(slow.statuses()).toHaveLength(1)
  const refused = await listenTo(`${admin}/api/events?every=100`)
  await until('the refusal', () => refused.ended())
  expect([refused.status, JSON.parse(refused.text())]).toEqual([
    400,
    { error: 'BAD_REQUEST', message: 'every is "100"; accepted: milliseconds between two statuses, 250 to 10000' },
  ])
})

test('there is room for 64 listeners; the next one hears why not, and one that leaves makes room', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const listeners = await Promise.all(Array.from({ length: 64 }, () => listenTo(`${admin}/api/events`)))
  expect(new Set(listeners.map(({ status }) => status))).toEqual(new Set([200]))
  const refused = await listenTo(`${admin}/api/events`)
  await until('the refusal', () => refused.ended())
  expect([refused.status, JSON.parse(refused.text())]).toEqual([
    503,
    { error: 'UNAVAILABLE', message: expect.stringContaining('64 listeners follow this cluster already') },
  ])
  // Nobody else is kept waiting by them.
  expect((await fetch(`${admin}/readyz`)).status).toBe(200)
  listeners[0]!.leave()
  await until('room', async () => {
    const next = await listenTo(`${admin}/api/events`)
    next.leave()
    return next.status === 200
  })
})

test('listeners that are frozen, or only half a request, keep nothing from the others, nor from stopping', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const { hostname, port } = new URL(admin)
  const half = net.connect(Number(port), hostname).on('error', () => {})
  half.write('GET /api/events HTTP/1.1\r\nhost: localhost\r\n')
  const frozen = await listenTo(`${admin}/api/events?every=250`)
  frozen.freeze()
  const shutdown = net.connect({ port: Number(port), host: hostname, allowHalfOpen: true }).on('error', () => {})
  shutdown.end('GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
  const heard = await listenTo(`${admin}/api/events?every=250`)
  await until('statuses', () => heard.statuses().length >= 4)
  cluster.signal('SIGTERM')
  expect(await cluster.exited).toBe(0)
  for (const socket of [half, shutdown]) socket.destroy()
})

test('HEAD of the endless stream is refused instead of never ending', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  expect((await fetch(`${admin}/api/events`, { method: 'HEAD' })).status).toBe(404)
  for (const path of ['/api/status', '/api/history', '/metrics', '/healthz', '/'])
    expect([path, (await fetch(`${admin}${path}`, { method: 'HEAD' })).status]).toEqual([path, 200])
})

test('the history has a sample a second of every loop and balancer', async () => {
  const cluster = fakeCluster({ loops: 2, balancers: 1 }, { requests: 40 })
  const { admin } = await cluster.ready()
  const history = await until('two samples', async () => {
    const answer = (await (await fetch(`${admin}/api/history`)).json()) as ClusterHistory
    return answer.loops['1']?.requests.filter((value) => value === 40).length === 2 && answer
  })
  expect(history.stepMs).toBe(1_000)
  const { loops, balancers, at } = history
  expect([Object.keys(loops), Object.keys(balancers)]).toEqual([['0', '1'], ['0']])
  for (const series of [...Object.values(loops), ...Object.values(balancers)].flatMap((all) => Object.values(all)))
    expect(series).toHaveLength(at.length)
  expect([...at].sort((a, b) => a - b)).toEqual(at)
  expect(loops['0']!.utilization.at(-1)).toBe(0.5)
  expect(Object.keys(balancers['0']!).sort()).toEqual(['connections', 'inFlight', 'queued', 'requests', 'shed'])
})

test('a body that is too large is refused, also for what is not there yet', async () => {
  const cluster = fakeCluster({ loops: 1 })
  const { admin } = await cluster.ready()
  const headers = { 'content-type': 'application/json' }
  for (const path of ['/api/scale', '/api/loops/0/profile']) {
    const answer = await fetch(`${admin}${path}`, { method: 'POST', headers, body: JSON.stringify({ seconds: 'x'.repeat(100_000) }) })
    expect([path, answer.status]).toEqual([path, 413])
  }
  expect((await cluster.post('/api/loops/0/profile', { seconds: 61 })).status).toBe(400)
})
