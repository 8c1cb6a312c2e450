import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import WebSocket from 'ws'
import { describe, expect, test } from 'vitest'

import type { BalancerDecision } from '../core/decision.ts'
import { fakeCluster } from './fixtures/fake-cluster.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { lastGet, startApp } from './support/in-process-proxy.ts'
import { temporaryFolder } from './support/ledger.ts'
import { startProgram } from './support/program.ts'
import { connectRaw, parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/explain-app.js'

/** A cluster that knows one route: `GET /report/:id` blocks. */
async function start(args: readonly string[], settings: object = {}): Promise<Cluster> {
  const config = join(temporaryFolder(), 'evenloop.config.json')
  writeFileSync(config, JSON.stringify({ app: join(process.cwd(), app), routes: { 'GET /report/:id': 'blocking low' }, ...settings }))
  const cluster = await startCluster({ args: ['--config', config, '--loops', '3', ...args] })
  await until('a link to every loop', async () => {
    const { decisions } = await explained(cluster.adminUrl, 'path=/')
    return decisions.every(({ candidates }) => candidates.length === 3 && candidates.every(({ standing }) => standing === 'eligible'))
  })
  return cluster
}

async function ask({ port }: Cluster, path: string, ...fields: string[]): Promise<{ heads: string[]; body: string; decisions: string[] }> {
  const client = await connectRaw(port)
  client.send(lastGet(path, ...fields))
  const answer = await client.closed(15_000)
  client.socket.destroy()
  const { body } = parseResponse(answer)
  const heads = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n')
  const decisions = heads.flatMap((line) => /^x-evenloop-decision: (.*)$/i.exec(line)?.[1] ?? [])
  return { heads, body, decisions }
}

async function explained(
  url: string,
  query: string,
): Promise<{ status: number; body: Record<string, unknown>; decisions: BalancerDecision[] }> {
  const answer = await fetch(`${url}/api/explain?${query}`)
  const body = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, body, decisions: (body['decisions'] ?? []) as BalancerDecision[] }
}

const chosen = /^loop=[012]; policy=least-request; class=async; priority=normal; reason="[^"]+"; candidates="(?:[012]:0 ?){3}"$/

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  test('a trusted caller that asks is told why; the loop hears nothing of it, and what an app says itself stays', async () => {
    const cluster = await start(['--lane', lane, '--trusted-proxies', '127.0.0.1'])
    const { heads, body, decisions } = await ask(cluster, '/', 'Evenloop-Explain: 1')
    expect(heads[0]).toBe('HTTP/1.1 200 OK')
    expect(decisions).toEqual([expect.stringMatching(chosen)])
    expect(Object.keys(JSON.parse(body) as object)).not.toContain('evenloop-explain')
    const own = await ask(cluster, '/own', 'evenloop-explain: 1')
    expect(own.decisions.toSorted()).toEqual([expect.stringMatching(chosen), 'mine'])
    expect((await ask(cluster, '/own')).decisions).toEqual(['mine'])
    expect((await ask(cluster, '/', 'evenloop-explain: 0')).decisions).toEqual([])
    const [report] = (await ask(cluster, '/report/7?x=1', 'evenloop-explain: 1')).decisions
    expect(report).toMatch(/; class=blocking; priority=low; route="GET \/report\/:id"; /)
  })

  test('nobody else is told, not even where the log is', async () => {
    const file = join(temporaryFolder(), 'access.log')
    const cluster = await start([
      '--lane',
      lane,
      ...['--access-log-mode', 'all', '--access-log-decision', 'keep', '--access-log-file', file],
    ])
    expect((await ask(cluster, '/report/7', 'evenloop-explain: 1')).decisions).toEqual([])
    const line = await until('the line', () => {
      const [first] = readFileSync(file, 'utf8').split('\n')
      return first !== '' && (JSON.parse(first!) as Record<string, unknown>)
    })
    expect(line).toMatchObject({ 'evenloop.lane': lane, 'evenloop.route': 'GET /report/:id' })
    expect(line['evenloop.decision']).toMatch(/^loop=[012]; policy=least-request; class=blocking; priority=low; /)
  })
})

test('an upgrade is explained too', async () => {
  const cluster = await startCluster({ app: 'test/fixtures/apps/web-socket.mjs', args: ['--trusted-proxies', '127.0.0.1'] })
  const socket = new WebSocket(`${cluster.url.replace('http', 'ws')}/ws`, { headers: { 'evenloop-explain': '1' } })
  const decision = await new Promise<unknown>((resolve, reject) => {
    socket.on('upgrade', (response) => resolve(response.headers['x-evenloop-decision']))
    socket.on('error', reject)
  })
  expect(decision).toMatch(/^loop=\d+; policy=least-request; /)
  socket.terminate()
})

test('the cluster says where a request would go: every balancer, by the API and by the command', async () => {
  const cluster = await start(['--balancers', '2'])
  const { decisions } = await explained(cluster.adminUrl, 'path=/users/7')
  expect(decisions.map(({ balancer }) => balancer)).toEqual(['0', '1'])
  const [first] = decisions
  expect(first).toMatchObject({ class: 'async', priority: 'normal', policy: 'least-request', queued: 0 })
  expect(first!.candidates.map(({ loop, standing, inFlight }) => [loop, standing, inFlight]).toSorted()).toEqual(
    ['0', '1', '2'].map((loop) => [loop, 'eligible', 0]),
  )
  expect(['0', '1', '2']).toContain(first!.chosen)
  const report = (await explained(cluster.adminUrl, 'method=get&path=/report/7')).decisions[0]
  expect(report).toMatchObject({ route: 'GET /report/:id', class: 'blocking', priority: 'low' })
  const posted = (await explained(cluster.adminUrl, 'method=POST&path=/report/7')).decisions[0]
  expect(posted).toMatchObject({ class: 'async' })

  const admin = cluster.adminUrl.replace('http://', '')
  const shown = startProgram(['explain', '/report/7', '--admin', admin])
  expect(await shown.exited).toBe(0)
  expect(shown.stdout()).toMatch(/^balancer 0  class blocking  route GET \/report\/:id  priority low {2}/)
  expect(shown.stdout()).toMatch(/^balancer 1 /m)
  expect(shown.stdout()).toContain('← chosen')
  const asJson = startProgram(['explain', '/report/7', '--json', '--admin', admin])
  expect(await asJson.exited).toBe(0)
  expect((JSON.parse(asJson.stdout()) as { decisions: unknown[] }).decisions).toHaveLength(2)
})

test('the loop that is kept for a blocking route is open to it, and the others are open to the rest', async () => {
  const cluster = await start([])
  const standings = async (path: string): Promise<string[]> => {
    const [decision] = (await explained(cluster.adminUrl, `path=${path}`)).decisions
    return decision!.candidates.map(({ standing }) => standing).toSorted()
  }
  await until('a loop that is kept apart', async () => {
    await ask(cluster, '/report/1')
    return (await standings('/')).join(' ') === 'eligible eligible isolated'
  })
  expect(await standings('/report/1')).toEqual(['eligible', 'reserved', 'reserved'])
  const [field] = (await explained(cluster.adminUrl, 'path=/report/1')).decisions
  expect(field!.candidates.find(({ standing }) => standing === 'eligible')!.loop).toBe(field!.chosen)
})

test('a key sends a request to the same loop every time, where the policy is rendezvous', async () => {
  const cluster = await start(['--policy', 'rendezvous'])
  const loopOf = async (key: string): Promise<string> => (await explained(cluster.adminUrl, `path=/&key=${key}`)).decisions[0]!.chosen!
  const keys = Array.from({ length: 20 }, (_, key) => `k${key}`)
  const loops = await Promise.all(keys.map(loopOf))
  expect(new Set(loops).size).toBe(3)
  expect(await Promise.all(keys.map(loopOf))).toEqual(loops)
})

test('a balancer that runs alone says the same at its own admin address', async () => {
  const { address } = await startApp((_req, res) => res.end(), { tcp: true })
  if (address.kind !== 'tcp') throw new Error('not on TCP')
  const upstream = `http://127.0.0.1:${address.port}`
  const program = startProgram(['balancer', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--upstream', upstream])
  const admin = (await program.said(/\(admin (http:\S+)\)/))[1]!
  await until('readiness', async () => (await fetch(`${admin}/readyz`)).ok)
  const shown = startProgram(['explain', 'POST', '/x', '--admin', admin.replace('http://', '')])
  expect(await shown.exited).toBe(0)
  expect(shown.stdout()).toContain(`127.0.0.1:${address.port}`)
  expect((await explained(admin, 'path=x')).status).toBe(400)
})

describe('what cannot be explained', () => {
  test('a wrong question is refused with cause and remedy', async () => {
    const { admin } = await fakeCluster({ loops: 1 }).ready()
    expect(await explained(admin, 'path=users')).toMatchObject({
      status: 400,
      body: { error: 'BAD_REQUEST', message: expect.stringMatching(/^path is "users"; accepted: a path as in a request/) },
    })
    expect((await explained(admin, 'path=/a&path=/b')).status).toBe(400)
    expect((await explained(admin, 'path=/a&key=k')).decisions).toMatchObject([{ balancer: '0', reason: 'GET /a k' }])
  })

  test('a balancer that is stopped is a time-out, one that ends meanwhile is told', async () => {
    const mute = await fakeCluster({ loops: 1 }, { balancer: { explain: 'never' } }).ready()
    expect(await explained(mute.admin, 'path=/')).toMatchObject({
      status: 504,
      body: { error: 'TIMEOUT', message: expect.stringMatching(/^balancer 0 did not answer: .*; ask again$/) },
    })
    const dying = await fakeCluster({ loops: 1 }, { balancer: { explain: 'die' } }).ready()
    expect(await explained(dying.admin, 'path=/')).toMatchObject({
      status: 503,
      body: { error: 'UNAVAILABLE', message: 'balancer 0 ended before it answered; ask again when it is back' },
    })
  })
})
