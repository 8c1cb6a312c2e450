import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { describe, expect, test } from 'vitest'

import { fakeCluster } from './fixtures/fake-cluster.ts'
import { until } from './support/wait.ts'

const allReady = (status: { loops: readonly { state: string }[] }): boolean => status.loops.every((loop) => loop.state === 'ready')

describe('start', () => {
  test('says that it is ready once every loop is, with the ports in force', async () => {
    const cluster = fakeCluster({ loops: 3, balancers: 2 })
    const { url } = await cluster.ready()
    expect(cluster.stdout()).toMatch(
      /^evenloop ready: http:\/\/127\.0\.0\.1:[1-9]\d+ \(3 loops, 2 balancers, policy least-request; admin http:\/\/127\.0\.0\.1:[1-9]\d+\)\n$/,
    )
    expect(new URL(url).port).not.toBe('0')
    const { endpoints } = await cluster.traffic()
    expect(endpoints.map(({ loop, state, node }) => ({ loop, state, node })).sort((a, b) => a.loop.localeCompare(b.loop))).toEqual(
      ['0', '1', '2'].map((loop) => ({ loop, state: 'ready', node: true })),
    )
    expect(cluster.stderr()).toContain('loop 3 of 3 ready')
  })

  test.each([
    [{}, 'link+unix:'],
    [{ lane: 'http' }, 'http+unix:'],
  ] as const)('with %j loops serve on %s in a folder that only their user can enter', async (settings, scheme) => {
    const cluster = fakeCluster({ loops: 1, ...settings })
    const { endpoints } = await cluster.traffic()
    const [, path] = new RegExp(`^${scheme.replace('+', '\\+')}(/.*\\.sock)$`).exec(endpoints[0]!.address)!
    expect(statSync(dirname(path!)).mode & 0o777).toBe(0o700)
  })

  test("gives loops their id and none of the operator's variables", async () => {
    const cluster = fakeCluster({ loops: 1 })
    await cluster.ready()
    const line = await until('the line', () => cluster.log().find((entry) => String(entry['msg']).includes('environment')))
    expect(JSON.parse(String(line['msg'])).environment).toEqual(['EVENLOOP_CHILD', 'EVENLOOP_LOOP_ID'])
  })

  test.skipIf(process.platform !== 'linux')("keeps the link's secret from loops and balancers, which need none on this host", async () => {
    const secret = 'correct horse battery staple'
    const cluster = fakeCluster({ loops: 1, balancers: 1, link: { secret } })
    await cluster.ready()
    const children = cluster.processes().filter((pid) => pid !== cluster.pid)
    expect(children).toHaveLength(2)
    // What the fake supervisor was started with, SETTINGS, is inherited; what evenloop adds has its prefix.
    const added = children.flatMap((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((entry) => entry.startsWith('EVENLOOP_')),
    )
    expect(added.length).toBeGreaterThan(1)
    expect(added.filter((entry) => entry.includes(secret))).toEqual([])
    expect(cluster.stderr() + JSON.stringify(await cluster.status())).not.toContain(secret)
  })

  test("writes what a loop prints to its log with the loop's id", async () => {
    const cluster = fakeCluster({ loops: 2 })
    await cluster.ready()
    await until('both lines', () =>
      ['0', '1'].every((loop) =>
        cluster.log().some((entry) => entry['loop'] === loop && entry['stream'] === 'stdout' && entry['msg'] === `hello from loop ${loop}`),
      ),
    )
  })

  test('an app that fails in every loop ends the start at once, its error shown once', async () => {
    const cluster = fakeCluster({ loops: 4 }, { fail: 'no database' })
    expect(await cluster.exited).toBe(1)
    expect(cluster.stdout()).toBe('')
    expect(cluster.stderr().match(/no database/g)).toHaveLength(1)
    expect(cluster.stderr()).toMatch(/RunError: the app \/apps\/fake\.js did not start: Error: no database\n {4}at .*fake-loop\.mjs/)
    expect(cluster.processes()).toEqual([])
    expect(cluster.runtimeDirs()).toEqual([])
  })

  test('one loop that never becomes ready is given up after the given number of tries', async () => {
    const cluster = fakeCluster({ loops: 2, restart: { minDelay: 10, giveUpAfter: 3 } }, { loops: { 1: { exit: 7 } } })
    expect(await cluster.exited).toBe(1)
    expect(cluster.stderr()).toContain('the process ended with exit code 7 before it was ready')
    expect(cluster.log().filter((entry) => entry['msg'] === 'hello from loop 1')).toHaveLength(3)
    expect(cluster.processes()).toEqual([])
  })

  test('loops that never answer are ended after startTimeout', async () => {
    const cluster = fakeCluster({ loops: 2, startTimeout: 500 }, { silent: true })
    expect(await cluster.exited).toBe(1)
    expect(cluster.stderr()).toContain('not ready within 0.5 s; raise startTimeout')
    expect(cluster.processes()).toEqual([])
  })

  test('a balancer that cannot listen ends the start with its own words', async () => {
    const cluster = fakeCluster({ loops: 1 }, { balancer: { fail: 'the socket is odd' } })
    expect(await cluster.exited).toBe(1)
    expect(cluster.stderr()).toContain('RunError: the socket is odd')
    expect(cluster.processes()).toEqual([])
  })

  test('SIGTERM while it starts ends it cleanly', async () => {
    const cluster = fakeCluster({ loops: 2 }, { silent: true })
    await until('both loops', () => cluster.log().filter((entry) => String(entry['msg']).startsWith('hello')).length === 2)
    cluster.signal('SIGTERM')
    expect(await cluster.exited).toBe(0)
    expect(cluster.processes()).toEqual([])
  })

  test('the admin port is checked before any loop starts', async () => {
    const first = fakeCluster({ loops: 1 })
    const { admin } = await first.ready()
    const address = admin.slice('http://'.length)
    const second = fakeCluster({ loops: 1, admin: address })
    expect(await second.exited).toBe(1)
    expect(second.stderr()).toBe(
      `RunError: cannot listen on ${address}: the port is in use by another program; choose another with --admin, or stop that one\n`,
    )
  })
})

describe('crash', () => {
  test("a loop that dies is replaced under the same id and leaves the balancers' list at once", async () => {
    const cluster = fakeCluster({ loops: 2, restart: { minDelay: 20 } })
    await cluster.ready()
    const { loops } = await cluster.status()
    process.kill(loops[1]!.pid, 'SIGKILL')
    const after = await cluster.waitFor('the successor', (status) => allReady(status) && status.loops[1]!.pid !== loops[1]!.pid)
    expect(after.loops.map(({ id, restarts, generation }) => ({ id, restarts, generation }))).toEqual([
      { id: '0', restarts: 0, generation: 1 },
      { id: '1', restarts: 1, generation: 1 },
    ])
    const { history } = await cluster.traffic()
    expect(history.some((entry) => /^0\.1\.\d+:ready$/.test(entry))).toBe(true)
    expect(cluster.stderr()).toContain('loop 1 ended with signal SIGKILL; starting it again')
  })

  test('a loop that keeps dying is tried for ever once the cluster has been ready', async () => {
    const cluster = fakeCluster({ loops: 2, restart: { minDelay: 5, maxDelay: 20, giveUpAfter: 2 } })
    await cluster.ready()
    cluster.control({ loops: { 1: { fail: 'gone bad' } } })
    process.kill((await cluster.status()).loops[1]!.pid, 'SIGKILL')
    await until('many tries', () => cluster.log().filter((entry) => String(entry['msg']).startsWith('loop 1 did not start')).length >= 4)
    expect((await cluster.status()).loops[0]!.state).toBe('ready')
    expect(cluster.log().filter((entry) => String(entry['msg']).includes('gone bad'))).toHaveLength(1)
    cluster.control({})
    await cluster.waitFor('both loops', allReady)
  })

  test('a balancer that dies is replaced; the port never closes', async () => {
    const cluster = fakeCluster({ loops: 1, balancers: 1, restart: { minDelay: 300 } })
    await cluster.ready()
    const [balancer] = (await cluster.status()).balancers
    process.kill(balancer!.pid, 'SIGKILL')
    await cluster.waitFor('the death', ({ balancers }) => balancers[0]!.state === 'dead')
    // Made while no balancer lives: it waits in the socket that the supervisor holds.
    const { pid } = await cluster.traffic()
    expect(pid).not.toBe(balancer!.pid)
    expect((await cluster.status()).balancers[0]!.pid).toBe(pid)
  })

  test('kill -9 of the supervisor leaves no process', async () => {
    const cluster = fakeCluster({ loops: 2 })
    await cluster.ready()
    cluster.signal('SIGKILL')
    await until('the end of the children', () => cluster.processes().length === 0)
  })

  test('a loop above its memory limit is replaced, its successor first', async () => {
    const cluster = fakeCluster({ loops: 1, memoryLimit: 1_000_000 }, { rssBytes: 2_000_000 })
    await cluster.ready()
    cluster.control({ rssBytes: 1000 })
    const status = await cluster.waitFor('the successor', ({ loops }) => loops[0]!.rssBytes === 1000 && loops[0]!.restarts > 0)
    expect(allReady(status)).toBe(true)
    expect((await cluster.traffic()).history.filter((entry) => entry !== '').every((entry) => entry.includes(':ready'))).toBe(true)
    expect(cluster.stderr()).toContain('more than memoryLimit (1000000): replacing it')
  })
})

describe('reload', () => {
  test('replaces loop by loop: each successor is ready before its predecessor drains', async () => {
    const cluster = fakeCluster({ loops: 3 })
    await cluster.ready()
    const before = (await cluster.traffic()).history.length
    expect(await cluster.post('/api/reload?wait=1')).toEqual({ status: 200, body: { generation: 2, loops: 3 } })
    const { history, endpoints } = await cluster.traffic()
    for (const entry of history.slice(before)) expect(entry.match(/:ready/g)?.length).toBe(3)
    expect(endpoints.map(({ key }) => key.split('.')[1])).toEqual(['2', '2', '2'])
    const status = await cluster.status()
    expect(status.loops.map((loop) => loop.generation)).toEqual([2, 2, 2])
    expect(status.reload).toEqual({ state: 'idle', generation: 2 })
    expect(status.loops.map((loop) => loop.restarts)).toEqual([0, 0, 0])
  })

  test('new code that does not start leaves the old generation serving', async () => {
    const cluster = fakeCluster({ loops: 2 })
    await cluster.ready()
    const before = await cluster.status()
    cluster.control({ fail: 'bad deploy' })
    const { status, body } = await cluster.post('/api/reload?wait=1')
    expect([status, body['error']]).toEqual([500, 'RELOAD_FAILED'])
    expect(body['message']).toBe(
      'reload stopped and rolled back: the new code did not become ready (bad deploy); every loop still runs the old one',
    )
    const after = await cluster.status()
    expect(after.loops.map((loop) => loop.pid)).toEqual(before.loops.map((loop) => loop.pid))
    expect(after.reload).toMatchObject({ state: 'failed', generation: 2 })
    cluster.control({})
    expect(await cluster.post('/api/reload?wait=1')).toEqual({ status: 200, body: { generation: 3, loops: 2 } })
  })

  test('a later loop that does not start is tried twice, then the reload stops and says who runs what', async () => {
    const cluster = fakeCluster({ loops: 3 })
    await cluster.ready()
    cluster.control({ loops: { 1: { fail: 'no port' } } })
    const { status, body } = await cluster.post('/api/reload?wait=1')
    expect(status).toBe(500)
    expect(body['message']).toContain('loop 0 run generation 2, loops 1, 2 still the old one')
    const after = await cluster.status()
    expect(after.loops.map(({ generation, state }) => [generation, state])).toEqual([
      [2, 'ready'],
      [1, 'ready'],
      [1, 'ready'],
    ])
    expect(cluster.log().filter((entry) => entry['msg'] === 'hello from loop 1')).toHaveLength(3)
  })

  test('a second reload meanwhile is refused, a second SIGHUP is done afterwards', async () => {
    const cluster = fakeCluster({ loops: 2 }, { readyAfterMs: 150 })
    await cluster.ready()
    expect(await cluster.post('/api/reload')).toEqual({ status: 202, body: { generation: 2 } })
    expect((await cluster.post('/api/reload')).body).toMatchObject({ error: 'BUSY' })
    for (let count = 0; count < 3; count++) cluster.signal('SIGHUP')
    await cluster.waitFor('generation 3', ({ reload, loops }) => reload.state === 'idle' && loops.every((loop) => loop.generation === 3))
    expect((await cluster.status()).reload.generation).toBe(3)
  })

  test('a balancer that does not let go of a loop holds its drain no longer than drainTimeout', async () => {
    const cluster = fakeCluster({ loops: 1, drainTimeout: 400 }, { balancer: { holds: true } })
    await cluster.ready()
    expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
    expect(cluster.stderr()).toContain('loop 0 still holds requests; it closes now and finishes them')
  })

  test('counters do not go backwards', async () => {
    const cluster = fakeCluster({ loops: 1 }, { requests: 7 })
    await cluster.ready()
    expect(await cluster.metric('evenloop_loop_requests_total')).toEqual(['evenloop_loop_requests_total{loop="0"} 7'])
    cluster.control({ requests: 2 })
    await cluster.post('/api/reload?wait=1')
    expect(await cluster.metric('evenloop_loop_requests_total')).toEqual(['evenloop_loop_requests_total{loop="0"} 9'])
    expect(await cluster.metric('evenloop_loop_utilization')).toEqual(['evenloop_loop_utilization{loop="0"} 0.5'])
    process.kill((await cluster.status()).loops[0]!.pid, 'SIGKILL')
    await cluster.waitFor('the restart', ({ loops }) => loops[0]!.restarts === 1 && loops[0]!.state === 'ready')
    expect(await cluster.metric('evenloop_loop_requests_total')).toEqual(['evenloop_loop_requests_total{loop="0"} 11'])
  })
})

describe('scale', () => {
  test('up adds ids, down takes the highest away, and a later reload keeps the number', async () => {
    const cluster = fakeCluster({ loops: 2 })
    await cluster.ready()
    expect(await cluster.post('/api/scale?wait=1', { loops: 4 })).toEqual({ status: 200, body: { loops: 4 } })
    expect((await cluster.status()).loops.map((loop) => loop.id)).toEqual(['0', '1', '2', '3'])
    expect(await cluster.post('/api/scale?wait=1', { loops: 1 })).toEqual({ status: 200, body: { loops: 1 } })
    expect((await cluster.traffic()).endpoints.map((endpoint) => endpoint.loop)).toEqual(['0'])
    expect(await cluster.metric('evenloop_loop_requests_total')).toHaveLength(1)
    expect(await cluster.post('/api/reload?wait=1')).toEqual({ status: 200, body: { generation: 2, loops: 1 } })
  })

  test('a new loop that does not start is told and leaves the others as they were', async () => {
    const cluster = fakeCluster({ loops: 1 })
    await cluster.ready()
    cluster.control({ fail: 'no memory' })
    const { status, body } = await cluster.post('/api/scale?wait=1', { loops: 2 })
    expect([status, body['error']]).toEqual([500, 'SCALE_FAILED'])
    expect((await cluster.status()).loops.map((loop) => loop.id)).toEqual(['0'])
  })

  test('waits for a reload that is under way', async () => {
    const cluster = fakeCluster({ loops: 2 }, { readyAfterMs: 100 })
    await cluster.ready()
    const [reload, scale] = await Promise.all([cluster.post('/api/reload?wait=1'), cluster.post('/api/scale?wait=1', { loops: 3 })])
    expect([reload.status, scale.status]).toEqual([200, 200])
    expect((await cluster.status()).loops.map((loop) => loop.generation)).toEqual([2, 2, 2])
  })

  test('refuses numbers that are none', async () => {
    const cluster = fakeCluster({ loops: 1 })
    await cluster.ready()
    for (const loops of [0, 1.5, -1, 5000, '2', undefined]) {
      const { status, body } = await cluster.post('/api/scale', { loops })
      expect([loops, status, body['error']]).toEqual([loops, 400, 'BAD_REQUEST'])
    }
  })

  test('one loop can be replaced by a fresh process', async () => {
    const cluster = fakeCluster({ loops: 2 })
    await cluster.ready()
    const before = await cluster.status()
    expect((await cluster.post('/api/loops/1/drain?wait=1')).status).toBe(200)
    const after = await cluster.status()
    expect(after.loops[0]!.pid).toBe(before.loops[0]!.pid)
    expect(after.loops[1]!.pid).not.toBe(before.loops[1]!.pid)
    expect(await cluster.post('/api/loops/9/drain')).toEqual({
      status: 404,
      body: { error: 'NOT_FOUND', message: 'no loop 9; there are 0, 1' },
    })
  })
})

describe('stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s finishes what is open and exits 0, leaving nothing', async (signal) => {
    const cluster = fakeCluster({ loops: 2, balancers: 2 })
    const { url } = await cluster.ready()
    const slow = fetch(`${url}/slow`, { headers: { connection: 'close' } })
    await until('the request', async () => (await cluster.metric('evenloop_proxy_requests_total')).some((line) => !line.endsWith(' 0')))
    cluster.signal(signal)
    expect((await slow).status).toBe(200)
    await (await slow).text()
    expect(await cluster.exited).toBe(0)
    expect(cluster.processes()).toEqual([])
    expect(cluster.runtimeDirs()).toEqual([])
  })

  test('a loop that does not obey is ended at the limit, with a warning and exit status 0', async () => {
    const cluster = fakeCluster({ loops: 2, drainTimeout: 600 }, { loops: { 1: { stubborn: true } } })
    await cluster.ready()
    cluster.signal('SIGTERM')
    expect(await cluster.exited).toBe(0)
    expect(cluster.stderr()).toContain('1 process had not finished within 0.6 s (drainTimeout)')
    expect(cluster.processes()).toEqual([])
  })

  test('a second signal stops at once', async () => {
    const cluster = fakeCluster({ loops: 1, drainTimeout: 600_000 }, { stubborn: true })
    await cluster.ready()
    cluster.signal('SIGTERM')
    await until('the first', () => cluster.stderr().includes('a second signal stops at once'))
    cluster.signal('SIGTERM')
    expect(await cluster.exited).toBe(0)
    expect(cluster.processes()).toEqual([])
  })

  test('POST /api/stop does the same', async () => {
    const cluster = fakeCluster({ loops: 1 })
    await cluster.ready()
    expect((await cluster.post('/api/stop')).status).toBe(202)
    expect(await cluster.exited).toBe(0)
    expect(cluster.processes()).toEqual([])
  })
})
