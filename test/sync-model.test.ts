import http from 'node:http'

import { describe, expect, test } from 'vitest'

import { startCluster, type Cluster } from './support/cluster.ts'
import { explained } from './support/explained.ts'
import { signal } from './support/program.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

interface Answer {
  readonly loop: string
  readonly pid: number
  readonly most: number
}

const app = 'test/fixtures/occupied-app.js'

const ask = async (cluster: Cluster, path: string): Promise<Answer> => {
  const response = await fetch(cluster.url + path)
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}

const askMany = (cluster: Cluster, count: number, path: string): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => ask(cluster, path)))

/** Clients that lose patience: each leaves while its request is held, or waits. */
const leaveEarly = (cluster: Cluster, count: number): Promise<unknown> =>
  Promise.all(
    Array.from(
      { length: count },
      (_, index) =>
        new Promise<void>((resolve) => {
          const request = http.get(`${cluster.url}/wait?ms=40`, { agent: false })
          request.on('error', () => resolve())
          request.on('response', (response) => response.resume().on('end', resolve).on('error', resolve))
          setTimeout(() => request.destroy(), 5 + index)
        }),
    ),
  )

const forms = [
  { name: 'processes', args: ['--loops', '4'], processes: 4 },
  { name: 'threads', args: ['--loops', '4', '--threads', '4'], processes: 1 },
  { name: 'both', args: ['--loops', '4', '--threads', '2'], processes: 2 },
] as const

describe.each(forms)('sync workers as $name', ({ args, processes }) => {
  test.each(['link', 'http'])('never hold two requests at once, whatever clients do, on the lane %s', async (lane) => {
    const cluster = await startCluster({ app, args: ['--model', 'sync', '--lane', lane, '--log-level', 'warn', ...args] })
    const load = steadyLoad(cluster.url, ['/wait?ms=5', '/hold?ms=3', '/wait?ms=0'], 16)
    await leaveEarly(cluster, 40)
    const answers = await askMany(cluster, 100, '/wait?ms=3')
    await load.finish()
    expect(load.failures).toEqual([])
    expect([...load.answers.keys()]).toEqual([200])
    const last = await askMany(cluster, 40, '/wait?ms=3')
    for (const { most } of [...answers, ...last]) expect(most).toBe(1)
    expect(new Set(last.map(({ loop }) => loop))).toEqual(new Set(['0', '1', '2', '3']))
    expect(new Set(last.map(({ pid }) => pid)).size).toBe(processes)
    const { loops } = await cluster.status()
    expect(loops.map(({ concurrency }) => concurrency)).toEqual([1, 1, 1, 1])
    expect(await cluster.stop()).toBe(0)
  })
})

test('one asynchronous loop holds thousands of requests at once', async () => {
  const cluster = await startCluster({ app, args: ['--model', 'async', '--log-level', 'warn'] })
  const agent = new http.Agent({ keepAlive: true })
  const get = (path: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = http.get(`${cluster.url}${path}`, { agent }, async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer)
      })
      request.on('error', reject)
    })
  const [waves, each] = [5, 400]
  const answers: Promise<Answer>[] = []
  for (let wave = 1; wave <= waves; wave++) {
    answers.push(...Array.from({ length: each }, () => get('/held')))
    await cluster.waitFor('the requests in the loop', ({ loops }) => loops[0]!.inFlight >= wave * each)
  }
  const { most, pid } = await get('/release')
  expect(most).toBe(waves * each + 1)
  for (const answer of await Promise.all(answers)) expect(answer.pid).toBe(pid)
  agent.destroy()
})

test('a worker for blocking routes never holds two requests at once, though several balancers give it some', async () => {
  const cluster = await startCluster({
    app,
    args: [
      ...['--loops', '2', '--balancers', '2', '--blocking-workers', '2', '--blocking-threads', '2'],
      ...['--routes', '/hold=blocking', '--log-level', 'warn'],
    ],
  })
  // A balancer that has no link to the pool yet makes do without it.
  await until('links of both balancers to the pool', async () =>
    (await explained(cluster, '/hold')).every(
      ({ candidates }) => candidates.filter(({ loop, standing }) => loop.startsWith('b') && standing === 'eligible').length === 2,
    ),
  )
  const load = steadyLoad(cluster.url, ['/wait?ms=5', '/wait?ms=1'], 16)
  const held = await askMany(cluster, 60, '/hold?ms=10')
  await load.finish()
  expect(load.failures).toEqual([])
  expect([...load.answers.keys()]).toEqual([200])
  expect(new Set(held.map(({ loop }) => loop))).toEqual(new Set(['b0', 'b1']))
  for (const { most } of held) expect(most).toBe(1)
  const others = await askMany(cluster, 40, '/wait?ms=3')
  expect(new Set(others.map(({ loop }) => loop))).toEqual(new Set(['0', '1']))
})

test('workers for blocking routes that die, or are reloaded, cost the others nothing, and come again', async () => {
  const cluster = await startCluster({
    app,
    args: [
      ...['--loops', '2', '--blocking-workers', '2', '--blocking-threads', '2'],
      ...['--routes', '/hold=blocking', '--log-level', 'error'],
    ],
  })
  const light = steadyLoad(cluster.url, ['/wait?ms=5', '/wait?ms=1'])
  const heavy = steadyLoad(cluster.url, ['/hold?ms=10'], 4)
  const { loops } = await cluster.waitFor('work in the pool', (status) => status.loops.every(({ requests }) => requests > 20))
  const { pid } = loops.find(({ forBlocking }) => forBlocking)!
  signal(pid, 'SIGKILL')
  const { loops: again } = await cluster.waitFor('new workers', (status) =>
    status.loops.every((loop) => loop.state === 'ready' && loop.pid !== pid),
  )
  expect(again.map(({ restarts }) => restarts)).toEqual([0, 0, 1, 1])
  expect((await cluster.post('/api/reload')).status).toBeLessThan(300)
  await cluster.waitFor('new code everywhere', (status) =>
    status.loops.every(({ generation, state, requests }) => generation === 2 && state === 'ready' && requests > 0),
  )
  await Promise.all([light.finish(), heavy.finish()])
  // These GETs are repeated where their worker died; nobody saw it.
  for (const { failures, answers } of [light, heavy]) {
    expect(failures).toEqual([])
    expect([...answers.keys()]).toEqual([200])
  }
  expect(await cluster.stop()).toBe(0)
})
