import http, { type IncomingHttpHeaders } from 'node:http'

import { describe, expect, test } from 'vitest'

import { get, type InProcessProxy, lastGet, post, startApp, startBytes, startProxy, type SomeSettings } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly raw: readonly string[]
  readonly body: string
}

/** A balancer before an app that keeps what it is asked. */
async function startSeeing(settings: SomeSettings = {}, node = true): Promise<InProcessProxy & { readonly seen: Seen[] }> {
  const seen: Seen[] = []
  const app = await startApp(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    seen.push({ method: req.method!, url: req.url!, headers: req.headers, raw: req.rawHeaders, body })
    res.end('ok')
  })
  return Object.assign(await startProxy({ upstreams: [app], settings, endpoints: [{ node }] }), { seen })
}

/** A balancer before a server that answers with these bytes. */
const startSaying = async (...parts: string[]): Promise<InProcessProxy> => startProxy({ upstreams: [await startBytes(...parts)] })

const fieldsOf = (answer: string): string[] => answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n').slice(1)

describe('the target', () => {
  test.each(['//a//b', '/a?x=//y?z', '/%2f/..//./x', '/a"<>[]{}|\\^`b', '/?', "/;='", '/a%zz', '/?a=b&&c'])(
    '%s arrives byte for byte',
    async (target) => {
      const { exchange, seen } = await startSeeing()
      expect(parseResponse(await exchange(lastGet(target))).status).toBe(200)
      expect(seen[0]!.url).toBe(target)
    },
  )

  test('in absolute form becomes the origin form, and its authority the host', async () => {
    const { exchange, seen } = await startSeeing()
    await exchange('GET http://there.example:81//x?y HTTP/1.1\r\nHost: here.example\r\nConnection: close\r\n\r\n')
    expect(seen[0]).toMatchObject({ url: '//x?y', headers: { host: 'there.example:81', 'x-forwarded-host': 'there.example:81' } })
  })

  test('OPTIONS * is passed on as it is', async () => {
    const { exchange, seen } = await startSeeing()
    await exchange('OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(seen[0]).toMatchObject({ method: 'OPTIONS', url: '*' })
  })
})

describe('request fields', () => {
  test('of the connection and of the balancer stay behind, the others arrive', async () => {
    const { exchange, seen } = await startSeeing()
    await exchange(
      lastGet(
        '/',
        'Keep-Alive: 5',
        'Proxy-Connection: x',
        'Proxy-Authorization: x',
        'TE: gzip',
        'HTTP2-Settings: x',
        'Evenloop-Probe: 1',
        'evenloop-taken: 1',
        'X-Kept: yes',
        'Cookie: a=1',
        'Cookie: b=2',
        'X-Twice: 1',
        'x-twice: 2',
      ),
    )
    const { headers } = seen[0]!
    expect(headers).toMatchObject({ 'x-kept': 'yes', cookie: 'a=1; b=2', 'x-twice': '1, 2', connection: 'keep-alive' })
    for (const name of [
      'keep-alive',
      'proxy-connection',
      'proxy-authorization',
      'te',
      'http2-settings',
      'evenloop-probe',
      'evenloop-taken',
    ])
      expect(headers).not.toHaveProperty(name)
  })

  test('that Connection names are removed, but not those that frame the request or name its target', async () => {
    const { exchange, seen } = await startSeeing()
    const body = 'abc'
    await exchange(
      post('/', body, 'Connection: close, X-Mine, content-length, host, x-forwarded-for, x-request-id, transfer-encoding', 'X-Mine: 1'),
    )
    expect(seen[0]).toMatchObject({
      body,
      headers: { host: 'a', 'content-length': '3', 'x-forwarded-for': '127.0.0.1', 'x-request-id': expect.stringMatching(/./) },
    })
    expect(seen[0]!.headers).not.toHaveProperty('x-mine')
  })

  test('TE: trailers is passed on', async () => {
    const { exchange, seen } = await startSeeing()
    await exchange(lastGet('/', 'TE: trailers'))
    expect(seen[0]!.headers.te).toBe('trailers')
  })

  test('a Trailer field without the chunked coding is dropped and harms nobody', async () => {
    const { exchange, seen } = await startSeeing()
    for (const bytes of [lastGet('/', 'Trailer: X'), post('/', 'abc', 'Trailer: X', 'Connection: close')]) {
      expect(parseResponse(await exchange(bytes)).status).toBe(200)
      expect(seen.pop()!.headers).not.toHaveProperty('trailer')
    }
    expect(parseResponse(await exchange(get('/', 'Trailer: X', 'Connection: Upgrade', 'Upgrade: websocket'))).status).toBe(200)
  })

  test('a client that is not trusted cannot say whom it speaks for', async () => {
    const { exchange, seen } = await startSeeing()
    await exchange(
      lastGet(
        '/',
        'X-Forwarded-For: 9.9.9.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil',
        'Forwarded: for=9.9.9.9',
        'X-Request-Id: mine',
      ),
    )
    expect(seen[0]!.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a' })
    expect(seen[0]!.headers['x-request-id']).not.toBe('mine')
    expect(seen[0]!.headers).not.toHaveProperty('forwarded')
  })

  test('a trusted proxy is believed, and its address is added', async () => {
    const { exchange, seen } = await startSeeing({ trustedProxies: ['127.0.0.0/8'] })
    await exchange(
      lastGet(
        '/',
        'X-Forwarded-For: 9.9.9.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: shop.example',
        'Forwarded: for=9.9.9.9',
        'X-Request-Id: mine',
      ),
    )
    expect(seen[0]!.headers).toMatchObject({
      'x-forwarded-for': '9.9.9.9, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
      'x-request-id': 'mine',
      forwarded: 'for=9.9.9.9',
    })
  })

  test('a loop of ours is asked to say when it begins what may not be repeated, another server is not', async () => {
    const ours = await startSeeing()
    await ours.exchange(post('/', 'x', 'Connection: close'))
    await ours.exchange(lastGet('/'))
    expect(ours.seen.map(({ headers }) => headers['evenloop-taken'])).toEqual(['1', undefined])
    const foreign = await startSeeing({}, false)
    await foreign.exchange(post('/', 'x', 'Connection: close'))
    expect(foreign.seen[0]!.headers).not.toHaveProperty('evenloop-taken')
  })

  test('an HTTP/1.0 request without Host is served', async () => {
    const { exchange, seen } = await startSeeing()
    const answer = await exchange('GET /old HTTP/1.0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nConnection: close\r\n\r\nok$/)
    expect(seen[0]).toMatchObject({ url: '/old' })
    expect(seen[0]!.headers).not.toHaveProperty('x-forwarded-host')
  })
})

describe('response fields', () => {
  test('keep their order, spelling and repetition', async () => {
    const fields = ['X-ODD-cAsE: 1', 'Set-Cookie: a=1', 'x-between: \xe9', 'Set-Cookie: b=2', 'Content-Length: 2', 'Date: today']
    const { exchange } = await startSaying(`HTTP/1.1 299 Fine \xe9 indeed\r\n${fields.join('\r\n')}\r\n\r\nok`)
    const answer = await exchange(lastGet('/'))
    expect(answer).toMatch(/^HTTP\/1\.1 299 Fine \xe9 indeed\r\n/)
    expect(fieldsOf(answer)).toEqual([...fields, 'Connection: close'])
  })

  test('of the connection, and those it names, stay behind', async () => {
    const { exchange } = await startSaying(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Private\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\nX-Private: 1\r\nX-Public: 1\r\nDate: d\r\nContent-Length: 0\r\n\r\n',
    )
    expect(fieldsOf(await exchange(lastGet('/')))).toEqual(['X-Public: 1', 'Date: d', 'Content-Length: 0', 'Connection: close'])
  })

  test('a head that Node will not write is answered 502 in plain words', async () => {
    const { exchange } = await startSaying('HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n')
    expect(await exchange(lastGet('/'))).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  })
})

describe('responses without a body', () => {
  test('HEAD keeps the length that GET would have, and the connection goes on', async () => {
    const app = await startApp((_req, res) => res.writeHead(200, { 'content-length': 5 }).end('hello'))
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(`HEAD / HTTP/1.1\r\nHost: a\r\n\r\n${lastGet('/')}`)
    const [head, whole] = (await client.closed()).split(/(?<=\r\n\r\n)(?=HTTP)/)
    expect(parseResponse(head!)).toMatchObject({ status: 200, headers: { 'content-length': '5' }, body: '' })
    expect(parseResponse(whole!).body).toBe('hello')
  })

  test('HEAD of what GET would send in chunks has no body, trailers or not', async () => {
    const { exchange } = await startSaying('HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n')
    expect(parseResponse(await exchange('HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toMatchObject({
      status: 200,
      body: '',
    })
  })

  test.each([204, 304])('%i has none and the connection goes on', async (status) => {
    const app = await startApp((_req, res) => res.writeHead(status, { etag: '"1"' }).end())
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/') + lastGet('/'))
    const answers = (await client.closed()).split(/(?<=\r\n\r\n)/).map(parseResponse)
    expect(answers.map((answer) => [answer.status, answer.headers['etag'], answer.headers['transfer-encoding']])).toEqual([
      [status, '"1"', undefined],
      [status, '"1"', undefined],
    ])
  })
})

describe('interim responses', () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload, </b>; rel=preload\r\nX-Any: nonsense <\r\n\r\n'
  const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

  test('103 reaches the client before the response, whatever is in it', async () => {
    const { exchange } = await startSaying(early, final)
    expect(await exchange(lastGet('/'))).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>; rel=preload, <\/b>; rel=preload\r\nX-Any: nonsense <\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    )
  })

  test('102 of the app reaches a client that was not asked to be repeatable', async () => {
    const { exchange } = await startSaying('HTTP/1.1 102 Processing\r\n\r\n', final)
    expect(await exchange(lastGet('/'))).toMatch(/^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  })

  test('the 102 by which a loop takes a request is not for the client, a further one is', async () => {
    const { exchange } = await startSaying('HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 102 Processing\r\nX-App: 1\r\n\r\n', final)
    expect(await exchange(post('/', 'x', 'Connection: close'))).toMatch(
      /^HTTP\/1\.1 102 Processing\r\nX-App: 1\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    )
  })

  test('a client of HTTP/1.0 gets none', async () => {
    const { exchange } = await startSaying(early, final)
    expect(await exchange('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  test('a switch of protocols that nobody asked for is answered 502', async () => {
    const { exchange, idle } = await startSaying('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(502)
    await idle()
  })
})

describe('Expect: 100-continue', () => {
  const head = 'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n'

  test('the client is told to go on when the loop says so, not before', async () => {
    let asked = 0
    const server = http.createServer()
    server.on('checkContinue', (req, res) => {
      asked += 1
      res.writeContinue()
      req.setEncoding('utf8').on('data', (text: string) => res.end(text))
    })
    const { connect } = await startProxy({ upstreams: [await startApp(server)] })
    const client = await connect()
    client.send(head)
    await client.until((text) => text === 'HTTP/1.1 100 Continue\r\n\r\n')
    expect(asked).toBe(1)
    client.send('hello')
    expect(await client.until((text) => text.endsWith('hello'))).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
  })

  test('a loop that refuses does so before the body is sent, and the connection ends', async () => {
    const server = http.createServer()
    server.on('checkContinue', (_req, res) => res.writeHead(413).end('too much'))
    const { exchange, idle } = await startProxy({ upstreams: [await startApp(server)] })
    const answer = parseResponse(await exchange(head))
    expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } })
    expect(answer.body).toContain('too much')
    await idle()
  })
})

describe('stickiness by cookie', () => {
  test('a client without a cookie is given one and then stays on one loop', async () => {
    const apps = await Promise.all(['a', 'b', 'c'].map((name) => startApp((_req, res) => res.end(name))))
    const { port } = await startProxy({ upstreams: apps, settings: { policy: 'rendezvous' } })
    const url = `http://127.0.0.1:${port}/`
    const first = await fetch(url)
    const name = await first.text()
    const [cookie] = first.headers.getSetCookie()
    expect(cookie).toMatch(/^evenloop=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)
    for (let count = 0; count < 10; count += 1) {
      const next = await fetch(url, { headers: { cookie: cookie!.split(';', 1)[0]! } })
      expect(await next.text()).toBe(name)
      expect(next.headers.getSetCookie()).toEqual([])
    }
    const names = await Promise.all(Array.from({ length: 30 }, async () => (await fetch(url)).text()))
    expect(new Set(names).size).toBe(3)
  })
})
