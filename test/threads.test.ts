import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import type { LoopStatus } from '../core/status.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { isAlive } from './support/processes.ts'
import { signal } from './support/program.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/occupied-app.js'

interface Answer {
  readonly loop: string
  readonly pid: number
  readonly threadId: number
}

/** Four loops as threads of two processes. */
const startThreads = (...args: string[]): Promise<Cluster> =>
  startCluster({ app, args: ['--loops', '4', '--threads', '2', '--log-level', 'info', ...args] })

const get = async (cluster: Cluster, path: string): Promise<Response> => fetch(cluster.url + path)
// Not repeated on another loop, as a GET would be.
const post = (cluster: Cluster, path: string): Promise<Response> => fetch(cluster.url + path, { method: 'POST' })
const ask = async (cluster: Cluster, path: string): Promise<Answer> => (await (await get(cluster, path)).json()) as Answer

const logged = (cluster: Cluster, line: RegExp): Promise<unknown> => until(String(line), () => line.test(cluster.stderr()))

// On a busy machine others may stand still for a moment too.
const isSpinning = ({ holding }: LoopStatus): boolean => holding?.routes.some(({ route }) => route === '/spin') ?? false

/** What reads it waits in the system for ever. */
function silentPipe(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'evenloop-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = path.join(directory, 'pipe')
  execFileSync('mkfifo', [file])
  return file
}

const allReady = (cluster: Cluster, what: string) =>
  cluster.waitFor(what, ({ loops }) => loops.length === 4 && loops.every(({ state }) => state === 'ready'))

test('loops share their processes, two threads in each, and each is a loop of its own', async () => {
  const cluster = await startThreads()
  const answers = await Promise.all(Array.from({ length: 32 }, () => ask(cluster, '/wait?ms=20')))
  expect(new Set(answers.map(({ loop }) => loop)).size).toBe(4)
  expect(new Set(answers.map(({ pid, threadId }) => `${pid} ${threadId}`)).size).toBe(4)
  const { loops } = await cluster.waitFor('reports of all', (status) => status.loops.every(({ requests }) => requests > 0))
  expect(loops.map(({ id, thread }) => [id, thread])).toEqual([
    ['0', 0],
    ['1', 1],
    ['2', 0],
    ['3', 1],
  ])
  expect(loops.map(({ pid }) => pid)).toEqual([loops[0]!.pid, loops[0]!.pid, loops[2]!.pid, loops[2]!.pid])
  const cpu = await cluster.metric('evenloop_loop_cpu_seconds_total')
  expect(cpu.map((line) => line.split(' ')[0])).toHaveLength(4)
  expect(await cluster.stop()).toBe(0)
  for (const { pid } of loops) expect(isAlive(pid)).toBe(false)
})

test('what the app writes bears the name of its loop', async () => {
  const cluster = await startThreads()
  const { loop } = await ask(cluster, '/say')
  await logged(cluster, new RegExp(`"loop":"${loop}".*said by the app`))
})

test('an error that ends one thread costs the other nothing, and the thread starts again', async () => {
  const cluster = await startThreads()
  const before = await cluster.status()
  // What waits in the other thread of the process is answered.
  const waiting = Array.from({ length: 8 }, () => get(cluster, '/wait?ms=500'))
  await cluster.waitFor('requests in every loop', ({ loops }) => loops.every(({ inFlight }) => inFlight > 0))
  expect((await post(cluster, '/throw')).status).toBe(502)
  const statuses = (await Promise.all(waiting)).map(({ status }) => status)
  // GETs are given to another loop.
  expect(statuses).toEqual(statuses.map(() => 200))
  await cluster.waitFor('the end of a thread', ({ loops }) => loops.some(({ restarts }) => restarts === 1))
  const after = await allReady(cluster, 'all of them')
  expect(after.loops.map(({ pid }) => pid)).toEqual(before.loops.map(({ pid }) => pid))
  expect(after.loops.filter(({ restarts }) => restarts > 0)).toHaveLength(1)
  await logged(cluster, /thrown on purpose/)
})

test('process.exit() in a thread ends that loop alone', async () => {
  const cluster = await startThreads()
  expect((await post(cluster, '/exit')).status).toBe(502)
  const { loops } = await cluster.waitFor('the thread that ended again', (status) => status.loops.some(({ restarts }) => restarts === 1))
  expect(loops.filter(({ restarts }) => restarts > 0)).toHaveLength(1)
  await logged(cluster, /ended with exit code 3/)
})

test('a process that is killed takes its threads along, loses no repeatable request, and all start again', async () => {
  const cluster = await startThreads()
  const load = steadyLoad(cluster.url, ['/wait?ms=5', '/wait?ms=0'])
  await cluster.waitFor('traffic', ({ balancers }) => balancers[0]!.requests > 100)
  const { pid } = (await cluster.status()).loops[0]!
  signal(pid, 'SIGKILL')
  await cluster.waitFor('new threads', ({ loops }) => loops.every((loop) => loop.state === 'ready' && loop.pid !== pid))
  await load.finish()
  expect(load.failures).toEqual([])
  expect([...load.answers.keys()]).toEqual([200])
  const { loops } = await cluster.status()
  expect(loops.map(({ restarts }) => restarts)).toEqual([1, 1, 0, 0])
  expect(loops[0]!.pid).toBe(loops[1]!.pid)
})

test('a reload gives every thread a successor in a new process, and drops nothing', async () => {
  const cluster = await startThreads()
  const load = steadyLoad(cluster.url, ['/wait?ms=5', '/wait?ms=0'])
  const before = (await cluster.status()).loops.map(({ pid }) => pid)
  expect((await cluster.post('/api/reload')).status).toBeLessThan(300)
  const { loops } = await cluster.waitFor('the new generation', (status) =>
    status.loops.every(({ generation, state }) => generation === 2 && state === 'ready'),
  )
  await cluster.waitFor('the old processes gone', () => before.every((pid) => !isAlive(pid)))
  await load.finish()
  expect(load.failures).toEqual([])
  expect([...load.answers.keys()]).toEqual([200])
  expect(loops.every(({ pid }) => !before.includes(pid))).toBe(true)
  expect(loops.every(({ restarts }) => restarts === 0)).toBe(true)
})

test('scaled down and up again, threads come and go one by one', async () => {
  const cluster = await startThreads()
  const load = steadyLoad(cluster.url, ['/wait?ms=5'])
  const [, , third] = (await cluster.status()).loops
  expect((await cluster.post('/api/scale', { loops: 2 })).status).toBe(202)
  await cluster.waitFor('the second process gone', () => !isAlive(third!.pid))
  expect((await cluster.post('/api/scale', { loops: 3 })).status).toBe(202)
  const { loops } = await cluster.waitFor('the third loop', (status) => status.loops.filter(({ state }) => state === 'ready').length === 3)
  await load.finish()
  expect(load.failures).toEqual([])
  expect([...load.answers.keys()]).toEqual([200])
  expect(loops.map(({ id, thread }) => [id, thread])).toEqual([
    ['0', 0],
    ['1', 1],
    ['2', 0],
  ])
})

test('a thread that hangs is found, its stack is logged, and it is replaced while the other serves', async () => {
  const cluster = await startThreads('--block-limit', '1500')
  const before = await cluster.status()
  const hung = post(cluster, '/spin').then(({ status }) => status)
  hung.catch(() => undefined)
  const { loops } = await cluster.waitFor('a hold', (status) => status.loops.some(isSpinning))
  const { id } = loops.find(isSpinning)!
  expect(JSON.stringify(await cluster.post(`/api/loops/${id}/stack`))).toContain('occupied-app.js')
  const load = steadyLoad(cluster.url, ['/wait?ms=2'])
  await cluster.waitFor('a successor', (status) => status.loops.find((loop) => loop.id === id)!.restarts === 1)
  await allReady(cluster, 'all of them')
  await load.finish()
  expect(await hung).toBe(502)
  expect(load.failures).toEqual([])
  expect([...load.answers.keys()]).toEqual([200])
  await logged(cluster, /it hangs at .*occupied-app\.js/)
  expect((await cluster.status()).loops.map(({ pid }) => pid)).toEqual(before.loops.map(({ pid }) => pid))
})

test('a process that is stopped is replaced with all of its threads', async () => {
  const cluster = await startThreads('--block-limit', '1500')
  const load = steadyLoad(cluster.url, ['/wait?ms=5'])
  const { pid } = (await cluster.status()).loops[0]!
  signal(pid, 'SIGSTOP')
  const { loops } = await cluster.waitFor('others in their place', (status) =>
    status.loops.every((loop) => loop.state === 'ready' && loop.pid !== pid),
  )
  await until('its end', () => !isAlive(pid))
  await load.finish()
  expect(load.failures).toEqual([])
  expect(loops[0]!.pid).toBe(loops[1]!.pid)
})

test('a thread that waits in the system ends with its process, and its successor does not', async () => {
  const cluster = await startThreads('--block-limit', '1500')
  const pids = new Set((await cluster.status()).loops.map((loop) => loop.pid))
  expect((await post(cluster, `/read?file=${silentPipe()}`)).status).toBe(502)
  const { loops } = await cluster.waitFor('all of them again', (status) => {
    const began = status.loops.filter(({ restarts }) => restarts > 0)
    return began.length === 2 && status.loops.every(({ state }) => state === 'ready')
  })
  expect(loops.map(({ restarts }) => restarts).filter((restarts) => restarts > 0)).toEqual([1, 1])
  expect(new Set(loops.map(({ pid }) => pid).filter((pid) => pids.has(pid))).size).toBe(1)
})

test('a thread with too much memory makes way to one in another process, and costs the other processes nothing', async () => {
  const cluster = await startThreads('--memory-limit', '400MB')
  const before = await cluster.status()
  const { loop: id, pid } = await ask(cluster, '/keep?bytes=1200000000')
  const { loops } = await cluster.waitFor('another in its place', (status) => {
    const loop = status.loops.find((each) => each.id === id)!
    return loop.pid !== pid && loop.restarts === 1 && status.loops.every(({ state }) => state === 'ready')
  })
  const others = before.loops.filter((loop) => loop.pid !== pid)
  expect(loops.filter((loop) => others.some((other) => other.id === loop.id)).map((loop) => loop.pid)).toEqual(
    others.map((loop) => loop.pid),
  )
})

test('a thread that prints more than anyone reads waits, and the other goes on', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '2', '--threads', '2', '--log-level', 'error'] })
  const lines = 100_000
  cluster.process.kill('SIGSTOP')
  const printing = await get(cluster, `/print?lines=${lines}`)
  let dots = 0
  const printed = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of printing.body!) dots += decoder.decode(chunk).replace('done', '').length
  })()
  let before = 0
  await until('it to wait', () => {
    const waits = dots > 0 && dots === before
    before = dots
    return waits
  })
  expect(dots).toBeLessThan(lines / 100)
  expect((await get(cluster, '/wait?ms=1')).status).toBe(200)
  cluster.process.kill('SIGCONT')
  await printed
  expect(dots).toBe(lines / 100)
  expect((await cluster.status()).loops.map(({ restarts }) => restarts)).toEqual([0, 0])
})

test('threads whose supervisor is gone end, also those that hang', async () => {
  const cluster = await startThreads('--drain-timeout', '500')
  const { loops } = await cluster.status()
  post(cluster, `/read?file=${silentPipe()}`).catch(() => undefined)
  post(cluster, '/spin').catch(() => undefined)
  await cluster.waitFor('a hold', (status) => status.loops.some(isSpinning))
  cluster.process.kill('SIGKILL')
  await until('the end of both processes', () => loops.every(({ pid }) => !isAlive(pid)))
})

test('a CPU profile shows what one thread does', async () => {
  const cluster = await startThreads()
  const load = steadyLoad(cluster.url, ['/wait?ms=0'])
  const profile = await cluster.post('/api/loops/1/profile', { seconds: 1 })
  await load.finish()
  expect(JSON.stringify(profile)).toContain('occupied-app.js')
})

test('a TypeScript app runs in threads', async () => {
  const cluster = await startCluster({ app: 'examples/fastify-ts/app.ts', args: ['--loops', '2', '--threads', '2', '--log-level', 'info'] })
  expect(await ask(cluster, '/')).toMatchObject({ app: 'fastify-ts' })
  // Fastify's log goes to the process's output, not to the thread's.
  for (const loop of ['0', '1']) await logged(cluster, new RegExp(`"loop":"${loop}".*the app is ready`))
  expect(await cluster.stop()).toBe(0)
})

test('a program that listens by itself runs in threads', async () => {
  const cluster = await startCluster({ app: 'examples/express/app.js', args: ['--loops', '2', '--threads', '2'] })
  expect(await ask(cluster, '/')).toMatchObject({ app: 'express' })
  expect(await cluster.stop()).toBe(0)
})
