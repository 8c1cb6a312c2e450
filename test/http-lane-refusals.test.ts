import { describe, expect, test } from 'vitest'

import { replies, type ReplyCode } from '../core/replies.ts'
import { get, type InProcessProxy, lastGet, post, startApp, startProxy, signal, type SomeSettings } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const settings: SomeSettings = {
  limits: { headerBytes: 4_096, headerCount: 20, urlBytes: 256, bodyBytes: 1_000 },
  timeouts: { headers: 400, body: 300 },
}

interface Refusing extends InProcessProxy {
  /** What reached the app, by its target. */
  readonly seen: string[]
  /** Requests whose client the app has seen go. */
  readonly aborted: string[]
}

async function start(more: SomeSettings = settings): Promise<Refusing> {
  const seen: string[] = []
  const aborted: string[] = []
  const app = await startApp((req, res) => {
    seen.push(req.url!)
    res.on('close', () => res.writableFinished || aborted.push(req.url!))
    req.on('error', () => {})
    req.resume().on('end', () => res.end('ok'))
  })
  return Object.assign(await startProxy({ upstreams: [app], settings: more }), { seen, aborted })
}

function expectReply(answer: string, code: ReplyCode): void {
  const { status, headers, body } = parseResponse(answer)
  expect(status).toBe(replies[code].status)
  expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  expect(JSON.parse(body)).toEqual({ error: code, message: replies[code].message, requestId: expect.stringMatching(/^\S+$/) })
}

const chunkedPost = (chunks: string): string => `POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`

describe('a refusal is JSON with the request id, counted, and the connection ends', () => {
  test.each<[string, ReplyCode, string]>([
    ['no HTTP', 'BAD_REQUEST', 'hello\r\n\r\n'],
    ['no Host', 'BAD_REQUEST', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', 'BAD_REQUEST', get('/', 'Host: b')],
    ['a target that is none', 'BAD_REQUEST', get('nowhere')],
    ['an asterisk for GET', 'BAD_REQUEST', get('*')],
    ['a transfer coding before HTTP/1.1', 'BAD_REQUEST', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header too slow', 'REQUEST_TIMEOUT', 'GET / HTTP/1.1\r\nHos'],
    ['a body too large', 'BODY_TOO_LARGE', post('/', 'x'.repeat(1_001))],
    ['chunks too large', 'BODY_TOO_LARGE', chunkedPost(`3e9\r\n${'x'.repeat(1_001)}\r\n0\r\n\r\n`)],
    ['a target too long', 'URL_TOO_LONG', get(`/${'x'.repeat(300)}`)],
    ['a header too large', 'HEADERS_TOO_LARGE', get('/', `X: ${'x'.repeat(5_000)}`)],
    ['too many fields', 'HEADERS_TOO_LARGE', get('/', ...Array.from({ length: 30 }, (_, index) => `X-${index}: 1`))],
    ['an unknown expectation', 'EXPECTATION_FAILED', get('/', 'Expect: miracles')],
    [
      'another transfer coding',
      'NOT_IMPLEMENTED',
      post('/', '', 'X: 1').replace('Content-Length: 0', 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n',
    ],
    ['CONNECT', 'NOT_IMPLEMENTED', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
    ['another upgrade with a body', 'BAD_REQUEST', post('/', 'abc', 'Connection: Upgrade', 'Upgrade: h2c')],
  ])('%s', async (_name, code, bytes) => {
    const { exchange, metric, idle } = await start()
    expectReply(await exchange(bytes), code)
    expect(await metric('evenloop_proxy_errors_total', `code="${code}"`)).toBe(1)
    expect(await metric('evenloop_proxy_errors_total')).toBe(1)
    await idle()
  })

  test('a body that stands still', async () => {
    const { exchange, aborted } = await start()
    expectReply(await exchange('POST /still HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'), 'REQUEST_TIMEOUT')
    await until('the loop to see it go', () => aborted.includes('/still'))
  })

  test('a chunk that is none, and the loop sees the request go', async () => {
    const { connect, seen, aborted, idle } = await start()
    const client = await connect()
    client.send(chunkedPost('3\r\nabc\r\n'))
    await until('the request at the loop', () => seen.length > 0)
    client.send('nonsense\r\n')
    expectReply(await client.closed(), 'BAD_REQUEST')
    await until('the loop to see it go', () => aborted.includes('/chunks'))
    await idle()
  })

  test('a body cut short by the client', async () => {
    const { connect, seen, aborted } = await start()
    const client = await connect()
    client.send('POST /short HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    await until('the request at the loop', () => seen.length > 0)
    client.halfClose()
    expectReply(await client.closed(), 'BAD_REQUEST')
    await until('the loop to see it go', () => aborted.includes('/short'))
  })

  test('a large header is read to its end, so that the answer is not lost', async () => {
    const { connect } = await start()
    const client = await connect()
    client.send('GET / HTTP/1.1\r\nHost: a\r\n')
    for (let count = 0; count < 100; count += 1) client.send(`X-${count}: ${'x'.repeat(20_000)}\r\n`)
    expectReply(await client.closed(), 'HEADERS_TOO_LARGE')
  })

  test('a large body is dropped while the answer is read', async () => {
    const { connect } = await start()
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n')
    client.send('x'.repeat(2_000_000))
    expectReply(await client.closed(), 'BODY_TOO_LARGE')
  })
})

test('a bad request behind a good one is answered after it', async () => {
  const { exchange } = await start()
  const answer = await exchange(`${get('/good')}nonsense\r\n\r\n`)
  const second = answer.indexOf('HTTP/1.1 400')
  expect(parseResponse(answer.slice(0, second))).toMatchObject({ status: 200, body: 'ok' })
  expectReply(answer.slice(second), 'BAD_REQUEST')
})

test.each([
  ['two Hosts', get('/', 'Host: b')],
  ['a large body', post('/', 'x'.repeat(1_001))],
])('what follows a refused request is not served: %s', async (_name, bytes) => {
  const { exchange, seen } = await start()
  const answer = await exchange(bytes + get('/behind') + get('/behind'))
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  await exchange(lastGet('/after'))
  expect(seen).toEqual(['/after'])
})

test.each([
  ['no HTTP', 'nonsense\r\n\r\n'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
])('a client that does not leave after its refusal is cut off: %s', async (_name, bytes) => {
  const { connect, report } = await start({})
  const client = await connect()
  client.send(bytes)
  await client.closed()
  await until('the connection gone', () => report().connections === 0)
})

test('an upgrade or CONNECT behind a request not answered yet ends the connection without an answer out of order', async () => {
  let asked = 0
  const app = await startApp(() => (asked += 1))
  const { connect, idle } = await startProxy({ upstreams: [app] })
  for (const [index, second] of [
    get('/', 'Connection: Upgrade', 'Upgrade: websocket'),
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  ].entries()) {
    const client = await connect()
    client.send(get('/waits'))
    await until('the first at the loop', () => asked === index + 1)
    client.send(second)
    expect(await client.closed()).toBe('')
  }
  await idle()
  expect(asked).toBe(2)
})

test('a client that resets right after CONNECT harms nobody', async () => {
  const { connect, exchange, report } = await start()
  for (let count = 0; count < 20; count += 1) {
    const client = await connect()
    client.send('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')
    client.vanish()
  }
  expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
  await until('the connections gone', () => report().connections === 0)
})

test('an upgrade to h2c is ignored: the request is served as HTTP/1.1', async () => {
  const { exchange, seen } = await start()
  const answer = await exchange(
    get('/plain', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'),
  )
  expect(parseResponse(answer)).toMatchObject({ status: 200, headers: { connection: 'close' }, body: 'ok' })
  expect(seen).toEqual(['/plain'])
})

test('connections over the limit are dropped and counted', async () => {
  const { connect, metric, report } = await start({ limits: { connections: 2 } })
  const clients = [await connect(), await connect()]
  await until('both counted', () => report().connections === 2)
  const third = await connect()
  expect(await third.closed()).toBe('')
  expect(await metric('evenloop_proxy_dropped_connections_total')).toBe(1)
  clients[0]!.send(lastGet('/'))
  expect(await clients[0]!.closed()).toMatch(/^HTTP\/1\.1 200/)
})

test('with nobody to serve a request waits, and is then answered 503 with Retry-After', async () => {
  const { exchange, metric } = await startProxy({ upstreams: [], settings: { timeouts: { queue: 150 } } })
  const answer = await exchange(lastGet('/'))
  expect(parseResponse(answer)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(answer).toContain('"error":"NO_LOOP"')
  expect(await metric('evenloop_proxy_shed_total', 'reason="no_loop"')).toBe(1)
}, 20_000)

test('over cap and queue a request is answered 503 at once', async () => {
  const go = signal()
  const app = await startApp((_req, res) => void go.promise.then(() => res.end('ok')))
  const { exchange, report } = await startProxy({ upstreams: [app], endpoints: [{ cap: 1 }], settings: { limits: { queue: 1 } } })
  const served = [exchange(lastGet('/')), exchange(lastGet('/'))]
  await until('one waiting', () => report().inFlight === 1 && report().queued === 1)
  const shed = await exchange(lastGet('/'))
  expect(parseResponse(shed)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(shed).toContain('"error":"OVERLOADED"')
  go.resolve()
  for (const answer of await Promise.all(served)) expect(parseResponse(answer).status).toBe(200)
})
