import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { portOf, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { type Cluster, startCluster } from './support/cluster.ts'
import { root, runProgram } from './support/program.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/hanging-app.js'

/** Where a text stands in a fixture: `PATH:LINE`. */
function lineOf(file: string, text: string): string {
  const at = path.join(root, file)
  const line =
    readFileSync(at, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes(text)) + 1
  return `${at}:${line}`
}

/** A file in which the app writes down what it began. */
function hangLog(): { readonly env: { readonly HANG_LOG: string }; readonly began: (url: string) => number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'hang-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'began')
  writeFileSync(file, '')
  return {
    env: { HANG_LOG: file },
    began: (url) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line === url).length,
  }
}

interface LogLine {
  readonly msg: string
  readonly loop?: string
  readonly stack?: readonly string[]
}

/** The line of the log that tells of the loop that hung. */
const told = (stderr: string): LogLine | undefined =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}') && line.includes('has been held for'))
    .map((line) => JSON.parse(line) as LogLine)[0]

const replaced = (cluster: Cluster): Promise<ClusterStatus> =>
  cluster.waitFor(
    'a loop that was replaced',
    ({ loops }) => loops.some(({ restarts }) => restarts > 0) && loops.every(({ state, blocked }) => state === 'ready' && !blocked),
  )

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  test('a loop that hangs is replaced: its request alone is lost, runs once, and the log has the line of code', async () => {
    const { env, began } = hangLog()
    const cluster = await startCluster({ app, env, args: ['--loops', '3', '--lane', lane, '--block-limit', '1500ms'] })
    const before = (await cluster.status()).loops
    const load = steadyLoad(cluster.url, ['/'])
    await until('load', () => (load.answers.get(200) ?? 0) > 200)
    const guilty = await fetch(`${cluster.url}/spin`)
    const { loops } = await replaced(cluster)
    const so = load.answers.get(200)!
    await until('load after it', () => load.answers.get(200)! > so + 200)
    await load.finish()

    expect([guilty.status, await guilty.json()]).toMatchObject([502, { error: 'LOOP_FAILED' }])
    expect(began('/spin')).toBe(1)
    expect([load.failures, [...load.answers.keys()]]).toEqual([[], [200]])
    const [one, ...more] = loops.filter(({ restarts }) => restarts > 0)
    expect([more, one!.restarts]).toEqual([[], 1])
    expect(one!.pid).not.toBe(before.find(({ id }) => id === one!.id)!.pid)
    const line = told(cluster.stderr())!
    expect(line.msg).toMatch(
      new RegExp(`^loop ${one!.id} has been held for \\d\\.\\d s by GET /spin and is replaced; it hangs at spin \\(`),
    )
    expect(line.msg).toContain(lineOf(app, 'while (true)'))
    expect(line.stack![0]).toContain(lineOf(app, 'while (true)'))
    expect(line.stack!.join('\n')).toContain(lineOf(app, `get('/spin'`))
    expect((await cluster.metric('evenloop_loop_holds_total')).join('\n')).toMatch(
      new RegExp(`evenloop_loop_holds_total\\{loop="${one!.id}"\\} [1-9]`),
    )
  })
})

test('a loop that waits for another program is replaced too, and the log says why there is no stack', async () => {
  const { env, began } = hangLog()
  const cluster = await startCluster({ app, env, args: ['--loops', '2', '--block-limit', '1s'] })
  expect((await fetch(`${cluster.url}/exec`)).status).toBe(502)
  await replaced(cluster)
  expect(began('/exec')).toBe(1)
  const line = told(cluster.stderr())!
  expect(line.msg).toContain('by GET /exec and is replaced; where it hangs is not known: ')
  expect(line.msg).toContain('it waits in a call that is not JavaScript')
})

test('a cluster whose loops all hang serves again', async () => {
  const { env } = hangLog()
  const cluster = await startCluster({ app, env, args: ['--loops', '2', '--block-limit', '1s'] })
  const first = fetch(`${cluster.url}/wait`)
  await cluster.waitFor('a loop that is held', ({ loops }) => loops.some(({ holding }) => holding !== undefined))
  const answers = await Promise.all([first, fetch(`${cluster.url}/wait`)])
  expect(answers.map(({ status }) => status)).toEqual([502, 502])
  const { loops } = await cluster.waitFor('two loops replaced', (now) =>
    now.loops.every(({ restarts, state }) => restarts === 1 && state === 'ready'),
  )
  expect(loops).toHaveLength(2)
  expect(told(cluster.stderr())!.stack![0]).toContain(lineOf(app, `get('/wait'`))
  expect((await fetch(cluster.url)).status).toBe(200)
})

test('the calls of a loop can be asked for while it hangs; of a TypeScript app they are those that were written', async () => {
  const cluster = await startCluster({ app: 'test/fixtures/hanging-app.ts', args: ['--loops', '1', '--block-limit', '0'] })
  const client = new AbortController()
  const answer = fetch(`${cluster.url}/spin`, { signal: client.signal }).catch(() => undefined)
  await cluster.waitFor('a loop that is held', ({ loops }) => loops[0]!.holding !== undefined)
  const { status, stdout } = await runProgram(['stack', '0', '--admin', new URL(cluster.adminUrl).host])
  expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringContaining(lineOf('test/fixtures/hanging-app.ts', 'while (turns'))])
  const { body } = await cluster.post('/api/loops/0/stack')
  expect(body).toMatchObject({ loop: '0', frames: expect.arrayContaining([expect.objectContaining({ name: 'spin' })]) })
  client.abort()
  await answer
})

test('a loop whose stack was taken goes on', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1'] })
  const { status, body } = await cluster.post('/api/loops/0/stack')
  expect([status, body['loop']]).toEqual([200, '0'])
  expect((await fetch(cluster.url)).status).toBe(200)
  expect(await cluster.post('/api/loops/7/stack')).toMatchObject({ status: 404 })
})

test('a loop that hangs while it is replaced by a reload is ended with it, and its request runs once', async () => {
  const { env, began } = hangLog()
  const cluster = await startCluster({ app, env, args: ['--loops', '1', '--block-limit', '1s', '--drain-timeout', '3s'] })
  const answer = fetch(`${cluster.url}/wait`)
  await cluster.waitFor('a loop that is held', ({ loops }) => loops[0]!.holding !== undefined)
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  expect((await answer).status).toBe(502)
  expect(began('/wait')).toBe(1)
  expect(told(cluster.stderr())!.msg).toContain('GET /wait')
  expect((await cluster.status()).loops).toMatchObject([{ state: 'ready', generation: 2 }])
  expect(await cluster.stop()).toBe(0)
})

test('a loop that runs alone says where it hangs, and ends', async () => {
  const { env } = hangLog()
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { app, env, args: ['--block-limit', '1s'] })
  const url = `http://127.0.0.1:${await portOf(loop)}`
  const answer = fetch(`${url}/spin`).catch(() => undefined)
  expect(await loop.exited).toBe(1)
  await answer
  const line = told(loop.stderr())!
  expect(line.msg).toMatch(/^loop a has been held for \d\.\d s by GET \/spin, and ends; it hangs at spin \(/)
  expect(line.stack![0]).toContain(lineOf(app, 'while (true)'))
})

test('what hangs a loop hangs no other one where there is no supervisor to say so', async () => {
  const { env, began } = hangLog()
  const loops = ['a', 'b', 'c'].map(() => startAloneLoop('link+tcp://127.0.0.1:0', { app, env, args: ['--block-limit', '1500ms'] }))
  const upstreams = await Promise.all(loops.map(async (loop) => `link+tcp://127.0.0.1:${await portOf(loop)}`))
  const { url } = await startBalancer({ upstreams })
  expect((await fetch(`${url}/spin`)).status).toBe(502)
  expect(await Promise.race(loops.map(({ exited }) => exited))).toBe(1)
  expect(began('/spin')).toBe(1)
  expect((await fetch(url)).status).toBe(200)
})

test('a loop whose whole process is stopped is replaced like one that hangs', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2', '--block-limit', '1s'] })
  const load = steadyLoad(cluster.url, ['/'])
  const { pid } = (await cluster.waitFor('requests on both loops', ({ loops: all }) => all.every(({ requests }) => requests > 0))).loops[0]!
  process.kill(pid, 'SIGSTOP')
  const { loops } = await replaced(cluster)
  await load.finish()
  expect(loops.filter(({ pid: now }) => now === pid)).toEqual([])
  expect(told(cluster.stderr())!.msg).toMatch(
    /^loop 0 has been held for .* and is replaced; where it hangs is not known: .*its process is stopped/,
  )
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
