import type { IncomingMessage, ServerResponse } from 'node:http'

import { expect, describe, test } from 'vitest'

import { type FakeRequest, startFakeLoop } from './support/fake-loop.ts'
import { get, type InProcessProxy, lastGet, post, type SomeSettings, startApp, startProxy } from './support/in-process-proxy.ts'
import { parseResponse, type RawClient } from './support/raw.ts'
import { until } from './support/wait.ts'

const answersOf = (text: string): string[] => text.split(/(?=HTTP\/1\.1 \d)/)
const bodiesOf = (text: string): string[] => answersOf(text).map((answer) => parseResponse(answer).body)

const echo = (request: FakeRequest): void => {
  if (request.bodyEnded) request.answer(`link ${request.head.method} ${request.head.target} ${request.body}`)
}

const echoHttp = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
  let body = ''
  for await (const chunk of req) body += String(chunk)
  // With a length, as on the link: a client of HTTP/1.0 too can tell where it ends.
  const text = `http ${req.method} ${req.url} ${body}`
  res.setHeader('content-length', text.length).end(text)
}

/** A loop that tells by which lane a request came. */
async function start(settings: SomeSettings = {}): Promise<InProcessProxy> {
  const { loop, upstream } = await startFakeLoop({ onRequest: echo, onHttp: echoHttp })
  loop.onBody = echo
  const proxy = await startProxy({ upstreams: [upstream], settings })
  await until('the link', () => loop.links.length === 1)
  return proxy
}

/** Requests that only Node's parser is to read, and what the app sees of them. */
const forHttp: [string, string, string][] = [
  ['HTTP/1.0', 'GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'http GET /old '],
  ['the absolute form', 'GET http://b/absolute HTTP/1.1\r\nHost: a\r\n\r\n', 'http GET /absolute '],
  ['another coding of Host', 'GET /host HTTP/1.1\r\nHost: a"b\r\n\r\n', 'http GET /host '],
  ['an odd length', 'POST /odd HTTP/1.1\r\nHost: a\r\nContent-Length: 3 \r\n\r\nabc', 'http POST /odd abc'],
  ['an unusual method', 'PROPFIND /dav HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', 'http PROPFIND /dav abc'],
]

const answered = (client: RawClient, count: number): Promise<string> =>
  client.until(
    (text) => answersOf(text).filter((answer) => answer.includes('\r\n\r\n') && parseResponse(answer).body !== '').length === count,
  )

describe.each(forHttp)('%s is left to the http lane', (_what, bytes, seen) => {
  test('as the first request of a connection, with what comes behind it', async () => {
    const { connect, metric, report } = await start()
    const client = await connect()
    client.send(bytes + get('/behind'))
    expect(bodiesOf(await answered(client, 2))).toEqual([seen, 'http GET /behind '])
    expect([await metric('evenloop_proxy_requests_total', 'lane="http"'), report().requests]).toEqual([2, 2])
  })

  test('as the third, behind two that the link carries; and the connection stays there', async () => {
    const { connect, metric } = await start()
    const client = await connect()
    client.send(get('/1') + post('/2', 'two') + bytes + get('/4'))
    expect(bodiesOf(await answered(client, 4))).toEqual(['link GET /1 ', 'link POST /2 two', seen, 'http GET /4 '])
    client.send(get('/5'))
    expect(bodiesOf(await answered(client, 5)).at(-1)).toBe('http GET /5 ')
    expect(await metric('evenloop_proxy_requests_total', 'lane="link"')).toBe(2)
    expect(await metric('evenloop_proxy_requests_total', 'lane="http"')).toBe(3)
  })

  test('split at every byte', { timeout: 30_000 }, async () => {
    const { connect } = await start()
    const all = get('/1') + bytes
    for (let at = get('/1').length; at < all.length; at += 3) {
      const client = await connect()
      client.send(all.slice(0, at))
      await client.until((text) => text.includes('/1'))
      await new Promise((resolve) => setImmediate(resolve))
      client.send(all.slice(at))
      expect(bodiesOf(await answered(client, 2))).toEqual(['link GET /1 ', seen])
      client.vanish()
    }
  })
})

test('an upgrade behind requests on the link is left to the http lane', async () => {
  const { connect } = await start()
  const client = await connect()
  client.send(get('/1'))
  await client.until((text) => text.includes('/1'))
  // This loop knows no WebSocket and serves the request as any other.
  client.send(get('/ws', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZQ=='))
  expect(await client.closed()).toContain('http GET /ws')
})

describe('what is refused on the link', () => {
  const limits = { headerBytes: 1_024, headerCount: 8, urlBytes: 64, bodyBytes: 10 }
  test.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 400, 'BAD_REQUEST'],
    ['two framings', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'BAD_REQUEST'],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400, 'BAD_REQUEST'],
    ['a body announced too large', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n', 413, 'BODY_TOO_LARGE'],
    [
      'a chunked body too large',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n',
      413,
      'BODY_TOO_LARGE',
    ],
    ['a long target', get(`/${'x'.repeat(64)}`), 414, 'URL_TOO_LONG'],
    ['a long head', get('/', `X: ${'x'.repeat(1_100)}`), 431, 'HEADERS_TOO_LARGE'],
    ['many fields', get('/', ...Array.from({ length: 9 }, () => 'X: x')), 431, 'HEADERS_TOO_LARGE'],
  ])('%s, on the first and on the second request; then the connection ends', async (_what, bytes, status, code) => {
    const { exchange, metric, idle } = await start({ limits })
    const first = await exchange(bytes + get('/behind'))
    expect([answersOf(first).length, parseResponse(first)]).toMatchObject([1, { status, headers: { connection: 'close' } }])
    const second = await exchange(get('/1') + bytes)
    expect(answersOf(second).map((answer) => parseResponse(answer).status)).toEqual([200, status])
    expect(await metric('evenloop_proxy_errors_total', `code="${code}"`)).toBe(2)
    expect(await metric('evenloop_proxy_requests_total', 'lane="http"')).toBe(0)
    await idle()
  })
})

describe('an answer of the balancer itself', () => {
  const settings: SomeSettings = { timeouts: { queue: 50, response: 100 } }

  test('keeps the connection, and the next request is served when a loop is there', async () => {
    const { upstream } = await startFakeLoop()
    await upstream.close()
    const { connect } = await startProxy({ upstreams: [{ ...upstream, close: async () => {} }], settings })
    const client = await connect()
    for (let count = 1; count <= 3; count += 1) {
      client.send(get('/'))
      const answers = answersOf(await client.until((text) => text.split('NO_LOOP').length > count))
      expect(parseResponse(answers.at(-1)!)).toMatchObject({ status: 503, headers: { connection: 'keep-alive', 'retry-after': '1' } })
    }
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const last = answersOf(await client.closed()).at(-1)!
    expect(parseResponse(last)).toMatchObject({ status: 503, headers: { connection: 'close' }, body: '' })
  })

  test('ends the connection where the body has not come', async () => {
    const { upstream } = await startFakeLoop()
    await upstream.close()
    const { exchange } = await startProxy({ upstreams: [{ ...upstream, close: async () => {} }], settings })
    expect(parseResponse(await exchange('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab'))).toMatchObject({
      status: 503,
      headers: { connection: 'close' },
    })
  })
})

describe('lane: link with loops of both kinds', () => {
  test('reaches the one without a link over HTTP, with the body and what is pipelined behind it', async () => {
    const linked = await startFakeLoop({ onRequest: echo, onHttp: echoHttp })
    linked.loop.onBody = echo
    const foreign = await startApp(echoHttp)
    const { connect, proxy } = await startProxy({
      upstreams: [foreign, linked.upstream],
      settings: { lane: 'link', policy: 'round-robin' },
    })
    await until('the link', () => proxy.endpoints.serving.length === 2)
    const lanes = new Set<string>()
    for (let count = 0; count < 6; count += 1) {
      const client = await connect()
      client.send(post('/1', 'one') + post('/2', 'two'))
      const text = await client.until((received) => received.includes('POST /2 two'))
      expect(text).toMatch(/(link|http) POST \/1 one[^]*POST \/2 two/)
      for (const [, lane] of text.matchAll(/(link|http) POST/g)) lanes.add(lane!)
    }
    expect([...lanes].sort()).toEqual(['http', 'link'])
  })
})

test('lane: http never makes a link', async () => {
  const { loop, upstream } = await startFakeLoop()
  const { exchange } = await startProxy({ upstreams: [upstream], settings: { lane: 'http' } })
  expect(await exchange(lastGet('/'))).toContain('http')
  expect(loop.links).toHaveLength(0)
})
