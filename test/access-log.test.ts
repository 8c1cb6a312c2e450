import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'
import WebSocket from 'ws'

import { startArrival } from './support/arrival.ts'
import { startBalancer } from './support/balancer.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { get, lastGet, post, startApp } from './support/in-process-proxy.ts'
import { createLedger, temporaryFolder } from './support/ledger.ts'
import { runProgram, signal } from './support/program.ts'
import { connectRaw, parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

type Line = Readonly<Record<string, unknown>>

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

interface Logged {
  readonly cluster: Cluster
  readonly path: string
  lines(): Line[]
}

async function start(args: readonly string[], app = 'test/fixtures/access-app.js', env: Record<string, string> = {}): Promise<Logged> {
  const path = join(temporaryFolder(), 'access.log')
  const cluster = await startCluster({ app, env, args: ['--access-log-mode', 'all', '--access-log-file', path, ...args] })
  return { cluster, path, lines: () => linesOf(readFileSync(path, 'utf8')) }
}

const exchange = async (port: number, bytes: string): Promise<string> => {
  const client = await connectRaw(port)
  client.send(bytes)
  const answer = await client.closed(15_000)
  client.socket.destroy()
  return answer
}

/** What the client was told of its request's id: by the app, or by the balancer itself. */
const idsIn = (answer: string): string[] => [...answer.matchAll(/[0-9a-f]{12}-[0-9a-z]+/g)].map(([id]) => id)

const close = 'Connection: close'
const chunked = (...chunks: string[]): string =>
  [`POST /id HTTP/1.1`, 'Host: a', close, 'Transfer-Encoding: chunked', '', ...chunks].join('\r\n')

interface Kind {
  readonly sent: string
  readonly expected: Line
}

/** One request each, all that can become of it, and what must stand in its line. */
const kinds: Record<string, Kind> = {
  'a GET': {
    sent: lastGet('/id?a=1', 'User-Agent: me'),
    expected: { 'url.path': '/id', 'user_agent.original': 'me', 'evenloop.attempts': 1 },
  },
  'a hostile target and agent': {
    sent: lastGet('/id?"%00\\', 'User-Agent: "\\\t\u00ff\u0085', 'X-Request-Id: mine'),
    expected: { 'user_agent.original': '"\\\t\u00ff\u0085' },
  },
  'a HEAD': {
    sent: `HEAD /id HTTP/1.1\r\nHost: a\r\n${close}\r\n\r\n`,
    expected: { 'http.request.method': 'HEAD', 'http.response.body.size': 0 },
  },
  'a POST': { sent: post('/id', 'abcdef', close), expected: { 'http.request.body.size': 6, 'http.response.status_code': 200 } },
  'a chunked POST': { sent: chunked('3', 'abc', '0', '', ''), expected: { 'http.request.body.size': 3, 'http.response.status_code': 200 } },
  'an expectation': { sent: post('/id', 'abc', close, 'Expect: 100-continue'), expected: { 'http.request.body.size': 3 } },
  'no content': { sent: lastGet('/empty'), expected: { 'http.response.status_code': 204, 'http.response.body.size': 0 } },
  'an error of the app': { sent: lastGet('/boom'), expected: { 'http.response.status_code': 500, 'error.type': '500' } },
  'a request of HTTP/1.0': { sent: 'GET /id HTTP/1.0\r\n\r\n', expected: { 'network.protocol.version': '1.0', 'evenloop.lane': 'http' } },
  'an absolute target': {
    sent: `GET http://b/id HTTP/1.1\r\nHost: a\r\n${close}\r\n\r\n`,
    expected: { 'url.path': '/id', 'server.address': 'b' },
  },
  'no host': {
    sent: `GET /id HTTP/1.1\r\n${close}\r\n\r\n`,
    expected: { 'error.type': 'BAD_REQUEST', 'url.path': '/id', 'evenloop.attempts': 0 },
  },
  nonsense: { sent: '\u0016\u0003\u0001\r\n\r\n', expected: { 'error.type': 'BAD_REQUEST', 'http.request.method': '_OTHER' } },
  'a header that is too large': { sent: lastGet('/id', `X: ${'x'.repeat(20_000)}`), expected: { 'error.type': 'HEADERS_TOO_LARGE' } },
  'a target that is too long': { sent: lastGet(`/${'x'.repeat(9_000)}`), expected: { 'error.type': 'URL_TOO_LONG' } },
  'a body that is too large': {
    sent: post('/id', 'x'.repeat(2_000), close),
    expected: { 'error.type': 'BODY_TOO_LARGE', 'url.path': '/id' },
  },
  'a broken body': { sent: chunked('zz', 'abc', '0', '', ''), expected: { 'error.type': 'BAD_REQUEST', 'http.response.status_code': 400 } },
  'an odd coding': { sent: post('/id', '', close, 'Transfer-Encoding: gzip'), expected: { 'http.request.method': 'POST' } },
  'an odd expectation': { sent: lastGet('/id', 'Expect: a miracle'), expected: { 'error.type': 'EXPECTATION_FAILED' } },
  'a CONNECT': {
    sent: 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
    expected: { 'http.request.method': 'CONNECT', 'error.type': 'NOT_IMPLEMENTED' },
  },
  'a head without an end': {
    sent: 'GET /id HTTP/1.1\r\nHost',
    expected: { 'error.type': 'REQUEST_TIMEOUT', 'http.response.status_code': 408 },
  },
  'a loop that does not answer': { sent: lastGet('/hang'), expected: { 'error.type': 'LOOP_TIMEOUT', 'http.response.status_code': 504 } },
  'a response that is cut': { sent: lastGet('/cut'), expected: { 'error.type': 'LOOP_FAILED', 'http.response.status_code': 200 } },
  'a loop that dies': { sent: post('/die', '', close), expected: { 'error.type': 'LOOP_FAILED', 'http.response.status_code': 502 } },
}

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  test('every request has exactly one line, whatever becomes of it', { timeout: 90_000 }, async () => {
    const limits = ['--limits-body-bytes', '1000', '--timeouts-headers', '500ms', '--timeouts-response', '1s']
    const { cluster, lines } = await start(['--lane', lane, '--loops', '2', '--log-level', 'error', ...limits])
    const { port } = cluster
    let count = 0
    const added = async (more: number): Promise<Line[]> => {
      await until(`${more} more lines`, () => lines().length >= count + more)
      const news = lines().slice(count)
      count += more
      return news
    }

    for (const [name, { sent, expected }] of Object.entries(kinds)) {
      const answer = await exchange(port, sent)
      const news = await added(1)
      expect(news, name).toHaveLength(1)
      expect(news[0], name).toMatchObject(expected)
      const { status } = parseResponse(answer.replace('HTTP/1.1 100 Continue\r\n\r\n', ''))
      expect(news[0]!['http.response.status_code'], name).toBe(status)
      for (const id of idsIn(answer)) expect(id, name).toBe(news[0]!['evenloop.request_id'])
      // What the other lane had to serve is said to be served by it.
      if (lane === 'http') expect(news[0]!['evenloop.lane'], name).toBe('http')
    }

    // One connection: one after the other, then three at once.
    const kept = await connectRaw(port)
    kept.send(get('/id'))
    await kept.until((text) => idsIn(text).length === 1)
    kept.send(get('/id') + post('/id', 'abc') + get('/id'))
    const four = idsIn(await kept.until((text) => idsIn(text).length === 4))
    const keptLines = await added(4)
    expect(keptLines.map((line) => line['evenloop.request_id'])).toEqual(four)
    expect(new Set(keptLines.map((line) => line['client.port']))).toEqual(new Set([kept.socket.localPort]))
    expect(keptLines.map((line) => line['evenloop.lane'])).toEqual([lane, lane, lane, lane])
    kept.vanish()

    const leaving = await connectRaw(port)
    leaving.send(get('/hang'))
    await until('the request', async () => (await cluster.status()).loops.some((loop) => loop.inFlight > 0))
    leaving.vanish()
    const [gone] = await added(1)
    expect(gone).toMatchObject({ 'url.path': '/hang', 'error.type': 'CLIENT_GONE', 'evenloop.attempts': 1 })
    expect(gone).not.toHaveProperty(['http.response.status_code'])

    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
    const id = await new Promise((resolve) => socket.once('message', (data) => resolve(String(data as Buffer))))
    socket.close()
    const [tunnel] = await added(1)
    expect(tunnel).toMatchObject({
      'url.path': '/ws',
      'http.response.status_code': 101,
      'evenloop.request_id': id,
      'evenloop.lane': 'http',
    })
    expect(tunnel).not.toHaveProperty(['error.type'])

    expect(await cluster.stop()).toBe(0)
    const all = lines()
    expect(all).toHaveLength(count)
    expect(new Set(all.map((line) => line['evenloop.request_id'])).size).toBe(count)
  })

  test('kills and reloads under load lose no line and double none', { timeout: 120_000 }, async () => {
    const ledger = createLedger()
    const flags = ['--lane', lane, '--loops', '2', '--balancers', '2', '--access-log-query', 'keep', '--log-level', 'error']
    const { cluster, lines } = await start(flags, 'test/fixtures/ledger-app.js', { LEDGER: ledger.path })
    const arrival = startArrival({ port: cluster.port, rate: 300 })
    const more = async (): Promise<unknown> => {
      const target = arrival.sent() + 300
      return until('more requests', () => arrival.sent() >= target)
    }
    await more()
    const [victim] = (await cluster.status()).loops
    signal(victim!.pid, 'SIGKILL')
    await more()
    await cluster.waitFor('both loops', ({ loops }) => loops.every(({ state }) => state === 'ready'))
    expect(await cluster.post('/api/reload?wait=1')).toMatchObject({ status: 200 })
    await more()
    const outcomes = await arrival.finish()
    expect(await cluster.stop()).toBe(0)

    const written = lines()
    const idOf = (line: Line): string => String(line['url.query']).slice('id='.length)
    expect(written.map(idOf).toSorted()).toEqual(outcomes.map(({ id }) => id).toSorted())
    expect(new Set(written.map((line) => line['evenloop.request_id'])).size).toBe(outcomes.length)
    expect(new Set(written.map((line) => line['evenloop.balancer']))).toEqual(new Set(['0', '1']))
    const statuses = new Map(outcomes.map(({ id, status }) => [id, status]))
    for (const line of written) expect(line['http.response.status_code']).toBe(statuses.get(idOf(line)))
    // What the kill hit was tried again, or answered 502.
    expect(written.some((line) => (line['evenloop.attempts'] as number) > 1 || line['error.type'] === 'LOOP_FAILED')).toBe(true)
  })

  test('waiting and shedding are seen', { timeout: 60_000 }, async () => {
    const { cluster, lines } = await start([
      '--lane',
      lane,
      '--loops',
      '1',
      '--concurrency',
      '1',
      '--limits-queue',
      '1',
      '--log-level',
      'error',
    ])
    // Until the loop's link is there every request waits.
    await (await fetch(`${cluster.url}/id`)).text()
    const clients = await Promise.all([1, 2, 3].map(() => connectRaw(cluster.port)))
    for (const client of clients) client.send(lastGet('/wait'))
    for (const client of clients) await client.closed()
    const waiting = (): Line[] => lines().filter((line) => line['url.path'] === '/wait')
    const written = await until('three lines', () => waiting().length === 3 && waiting())
    const shed = written.find((line) => line['http.response.status_code'] === 503)
    expect(shed).toMatchObject({ 'error.type': 'OVERLOADED', 'evenloop.attempts': 0, 'evenloop.queue_ms': 0 })
    const waits = written.filter((line) => line !== shed).map((line) => line['evenloop.queue_ms'] as number)
    expect(Math.abs(waits[0]! - waits[1]!), String(waits)).toBeGreaterThan(200)
  })
})

test("the app's own log shows the id of the access log", { timeout: 60_000 }, async () => {
  const { cluster, path } = await start(['--loops', '1'])
  const id = await (await fetch(`${cluster.url}/logged`)).text()
  await until('the line', () => readFileSync(path, 'utf8').includes(`"evenloop.request_id":"${id}"`))
  const own = await until('the line of the app', () => linesOf(cluster.stderr()).find(({ msg }) => msg === 'the app speaks'))
  expect(own).toMatchObject({ reqId: id, loop: '0' })
})

test('a sample holds what failed and nothing else where its share is 0', { timeout: 60_000 }, async () => {
  const { cluster, lines } = await start([
    '--loops',
    '1',
    '--access-log-mode',
    'sampled',
    '--access-log-sample',
    '0',
    '--log-level',
    'error',
  ])
  for (let count = 0; count < 20; count++) await (await fetch(`${cluster.url}/id`)).text()
  await (await fetch(`${cluster.url}/boom`)).text()
  await exchange(cluster.port, 'nonsense\r\n\r\n')
  expect(await cluster.stop()).toBe(0)
  expect(lines().map((line) => line['http.response.status_code'])).toEqual([500, 400])
})

test('several balancers share standard output without mixing their lines', { timeout: 60_000 }, async () => {
  const args = ['--loops', '1', '--balancers', '2', '--access-log-mode', 'all', '--log-level', 'error']
  const cluster = await startCluster({ app: 'test/fixtures/access-app.js', args })
  const perClient = 40
  const clients = await Promise.all(Array.from({ length: 16 }, () => connectRaw(cluster.port)))
  // Half of what a pipe takes in one piece, so that two lines do not fit.
  const long = get(`/id?${'x'.repeat(100)}`, `User-Agent: ${'u'.repeat(3_000)}`).replace('/id', `/${'y'.repeat(2_000)}`)
  for (const client of clients) for (let count = 0; count < perClient; count++) client.send(count % 2 === 0 ? long : get('/id'))
  for (const client of clients) await client.until((text) => text.split('HTTP/1.1').length === perClient + 1)
  for (const client of clients) client.vanish()
  expect(await cluster.stop()).toBe(0)
  const [first, ...rest] = cluster.stdout().trimEnd().split('\n')
  expect(first).toContain('evenloop ready')
  expect(rest).toHaveLength(clients.length * perClient)
  const written = rest.map((line) => JSON.parse(line) as Line)
  expect(new Set(written.map((line) => line['evenloop.balancer']))).toEqual(new Set(['0', '1']))
})

test('a reader that stalls costs lines, not requests, and does not keep the balancer from stopping', { timeout: 60_000 }, async () => {
  const upstream = await startApp((_req, res) => void res.end('ok'), { tcp: true })
  const { address } = upstream
  if (address.kind !== 'tcp') throw new Error('no port')
  const balancer = await startBalancer({
    upstreams: [`http://127.0.0.1:${address.port}`],
    args: ['--access-log-mode', 'all'],
  })
  balancer.process.stdout!.pause()
  const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw(balancer.port)))
  const [rounds, atOnce] = [80, 10]
  const request = get('/', `User-Agent: ${'u'.repeat(300)}`)
  // More than 1 MiB of lines, and what the socket holds.
  for (let round = 1; round <= rounds; round++) {
    for (const client of clients) client.send(request.repeat(atOnce))
    for (const client of clients) await client.until((text) => text.split('HTTP/1.1 200').length === round * atOnce + 1)
  }
  await until('the news', () => /access log: \d+ lines were lost/.test(balancer.stderr()))
  for (const client of clients) client.vanish()
  signal(balancer.pid, 'SIGTERM')
  await until('the end', () => balancer.process.exitCode !== null)
  expect(balancer.process.exitCode).toBe(0)
  balancer.process.stdout!.resume()
})

test('what outlasts a drain has a line too', { timeout: 60_000 }, async () => {
  const upstream = await startApp(() => {}, { tcp: true })
  const { address } = upstream
  if (address.kind !== 'tcp') throw new Error('no port')
  const args = ['--access-log-mode', 'all', '--drain-timeout', '200ms', '--log-level', 'error']
  const balancer = await startBalancer({ upstreams: [`http://127.0.0.1:${address.port}`], args })
  const client = await connectRaw(balancer.port)
  client.send(get('/long'))
  await until('the request', () => upstream.connections() > 0)
  signal(balancer.pid, 'SIGTERM')
  expect(await balancer.exited).toBe(0)
  expect(linesOf(balancer.stdout())).toMatchObject([{ 'url.path': '/long', 'error.type': 'STOPPED', 'evenloop.attempts': 1 }])
})

test('a file that cannot be written is refused at the start, with what to do', { timeout: 60_000 }, async () => {
  const args = ['start', 'test/fixtures/access-app.js', '--listen', '127.0.0.1:0', '--admin', 'off', '--access-log-mode', 'all']
  const missing = await runProgram([...args, '--access-log-file', '/nowhere/access.log'])
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('there is no folder /nowhere')])
  const refused = await runProgram([...args, '--log-level', 'error', '--access-log-file', '/proc/access.log'])
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('--access-log-file')])
})
