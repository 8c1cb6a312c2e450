import http from 'node:http'

import { describe, expect, test } from 'vitest'

import { get, lastGet, signal, startApp, startBytes, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const mebibyte = 1_048_576
const large = 200 * mebibyte
// Two hops of kernel buffers, and what each end may hold; a tenth of what would be held without back-pressure.
const bounded = 40 * mebibyte

const answersOf = (text: string): string[] => text.split(/(?=HTTP\/1\.1 \d)/)

/** Waits until a count has stood still. */
async function settled(read: () => number): Promise<number> {
  let last = -1
  let since = 0
  await until('a count that stands still', () => {
    const now = read()
    since = now === last && now > 0 ? since + 1 : 0
    last = now
    return since >= 15
  })
  return last
}

describe('framing', () => {
  test.each(['POST', 'GET', 'DELETE', 'OPTIONS', 'PUT'])('a chunked body of %s arrives chunked and whole', async (method) => {
    const app = await startApp(async (req, res) => {
      let body = ''
      for await (const chunk of req) body += String(chunk)
      res.end(`${req.headers['transfer-encoding']} ${req.headers['content-length']} ${body}`)
    })
    const { exchange } = await startProxy({ upstreams: [app] })
    const answer = await exchange(
      `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    )
    expect(parseResponse(answer)).toMatchObject({ status: 200, body: 'chunked undefined abcde' })
  })

  test('a body that ends with the connection is sent on in chunks', async () => {
    const app = await startBytes('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc', 'def', (socket) => socket.end())
    const { exchange } = await startProxy({ upstreams: [app] })
    expect(await exchange(lastGet('/'))).toMatch(/Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n$/)
  })

  test('a body of known length keeps it', async () => {
    const app = await startApp((_req, res) => res.writeHead(200, { 'content-length': 6 }).end('abcdef'))
    const { exchange } = await startProxy({ upstreams: [app] })
    const answer = await exchange(lastGet('/'))
    expect(parseResponse(answer)).toMatchObject({ headers: { 'content-length': '6' }, body: 'abcdef' })
    expect(answer).not.toMatch(/transfer-encoding/i)
  })

  test('to a client of HTTP/1.0 a body without a length ends with the connection', async () => {
    const app = await startApp((_req, res) => void res.write('abc', () => res.end('def')))
    const { exchange } = await startProxy({ upstreams: [app] })
    expect(parseResponse(await exchange('GET / HTTP/1.0\r\n\r\n')).body).toBe('abcdef')
  })

  test('trailers of the request reach the loop', async () => {
    const app = await startApp(
      (req, res) => void req.resume().on('end', () => res.end(JSON.stringify([req.headers.trailer, req.rawTrailers]))),
    )
    const { exchange } = await startProxy({ upstreams: [app] })
    const answer = await exchange(
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n',
    )
    expect(JSON.parse(parseResponse(answer).body)).toEqual(['X-Sum', ['X-Sum', '1', 'X-Sum', '2']])
  })

  test('trailers of the response reach the client, and one of HTTP/1.0 gets the body', async () => {
    const app = await startApp((_req, res) => {
      res.writeHead(200, { trailer: 'X-Sum' }).write('abc')
      res.addTrailers({ 'X-Sum': '1' })
      res.end()
    })
    const { exchange } = await startProxy({ upstreams: [app] })
    const answer = await exchange(lastGet('/'))
    expect(answer).toMatch(/\r\ntrailer: X-Sum\r\n/)
    expect(answer).toMatch(/\r\n0\r\nX-Sum: 1\r\n\r\n$/)
    expect(parseResponse(await exchange('GET / HTTP/1.0\r\n\r\n'))).toMatchObject({ status: 200, body: 'abc' })
  })
})

describe('streaming', () => {
  test('the head of an event stream comes before its first event, and each event at once', async () => {
    const streams: http.ServerResponse[] = []
    const app = await startApp((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      streams.push(res)
    })
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/'))
    await client.until((text) => text.endsWith('\r\n\r\n'))
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    for (let count = 0; count < 20; count += 1) {
      streams[0]!.write(`data: ${count}\n\n`)
      await client.until((text) => text.includes(`data: ${count}\n\n`))
    }
  })

  test('what the client sends reaches the loop piece by piece, and the answer comes back while it sends', async () => {
    const app = await startApp((req, res) => void req.pipe(res))
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let count = 0; count < 10; count += 1) {
      client.send(`5\r\nno. ${count}\r\n`)
      await client.until((text) => text.includes(`no. ${count}`))
    }
    client.send('0\r\n\r\n')
    const order = [...(await client.closed()).matchAll(/no\. (\d)/g)].map(([, digit]) => digit)
    expect(order.join('')).toBe('0123456789')
  })

  test('a client that does not read stops its own response, in bounded memory, and nobody else', { timeout: 60_000 }, async () => {
    let produced = 0
    const chunk = Buffer.alloc(64 * 1_024, 'x')
    const app = await startApp((req, res) => {
      if (req.url === '/small') return void res.end('ok')
      res.writeHead(200, { 'content-length': large })
      const more = (): void => {
        while (produced < large) {
          produced += chunk.length
          if (!res.write(chunk)) return void res.once('drain', more)
        }
        res.end()
      }
      more()
    })
    const { port, exchange, idle } = await startProxy({ upstreams: [app] })
    const before = process.memoryUsage()
    const response = await new Promise<http.IncomingMessage>((resolve) => http.get({ port, path: '/large', agent: false }, resolve))
    expect(await settled(() => produced)).toBeLessThan(bounded)
    const during = process.memoryUsage()
    expect(during.arrayBuffers + during.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(bounded)
    expect(parseResponse(await exchange(lastGet('/small'))).body).toContain('ok')

    let received = 0
    for await (const part of response) received += (part as Buffer).length
    expect(received).toBe(large)
    await idle()
  })

  test('a loop that does not read stops the upload, in bounded memory', { timeout: 60_000 }, async () => {
    const go = signal()
    const app = await startApp(async (req, res) => {
      await go.promise
      let received = 0
      for await (const part of req) received += (part as Buffer).length
      res.end(String(received))
    })
    const { port, idle } = await startProxy({ upstreams: [app] })
    const before = process.memoryUsage()
    const request = http.request({ port, method: 'PUT', agent: false, headers: { 'content-length': large } })
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject))
    const chunk = Buffer.alloc(64 * 1_024, 'x')
    let sent = 0
    const more = (): void => {
      while (sent < large) {
        sent += chunk.length
        if (!request.write(chunk)) return void request.once('drain', more)
      }
      request.end()
    }
    more()
    expect(await settled(() => sent)).toBeLessThan(bounded)
    const during = process.memoryUsage()
    expect(during.arrayBuffers + during.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(bounded)
    go.resolve()
    let body = ''
    for await (const part of await answer) body += String(part)
    expect(body).toBe(String(large))
    await idle()
  })
})

describe('an answer before the body has been sent', () => {
  test.each([
    ['kept alive', ''],
    ['to be closed', 'Connection: close\r\n'],
  ])('reaches a client that goes on sending; connection %s', async (_name, field) => {
    const app = await startApp((_req, res) => res.writeHead(413).end('too much'))
    const { connect, idle } = await startProxy({ upstreams: [app] })
    const client = await connect()
    const length = 3_000_000
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${field}Content-Length: ${length}\r\n\r\n`)
    client.send('x'.repeat(length - 1))
    await client.until((text) => text.includes('too much'))
    expect(client.received()).toMatch(/^HTTP\/1\.1 413 /)
    client.send(`x${lastGet('/')}`)
    const answers = answersOf(await client.closed())
    expect(answers.length).toBe(field === '' ? 2 : 1)
    await idle()
  })

  test('the loop sees that the rest will not come', async () => {
    const gone = signal()
    const app = await startApp((req, res) => {
      req.socket.on('close', () => gone.resolve())
      res.writeHead(413).end('too much')
    })
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc')
    await client.until((text) => text.includes('too much'))
    await gone.promise
  })
})

describe('connections of clients', () => {
  test('are kept for the next request, and end when the client says so', async () => {
    const app = await startApp((req, res) => res.end(req.url))
    const { connect, report } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/one'))
    await client.until((text) => text.endsWith('/one'))
    expect(client.received()).toMatch(/\r\nConnection: keep-alive\r\n/)
    client.send(lastGet('/two'))
    expect(await client.closed()).toMatch(/Connection: close\r\n\r\n\/two$/)
    await until('the connection gone', () => report().connections === 0)
    expect(app.connections()).toBe(1)
  })

  test('end after an answer to HTTP/1.0, unless it asks for more', async () => {
    const app = await startApp((req, res) => res.end(req.url))
    const { connect, exchange } = await startProxy({ upstreams: [app] })
    expect(await exchange('GET /one HTTP/1.0\r\n\r\n')).toMatch(/Connection: close/)
    const client = await connect()
    client.send('GET /one HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
    await client.until((text) => text.endsWith('/one'))
    client.send('GET /two HTTP/1.0\r\n\r\n')
    expect(await client.closed()).toMatch(/\/two$/)
  })

  test('carry pipelined requests, answered in order', async () => {
    const held: Record<string, http.ServerResponse> = {}
    const app = await startApp((req, res) => void (held[req.url!] = res))
    const { connect, idle } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/1') + get('/2') + lastGet('/3'))
    await until('all at the loop', () => Object.keys(held).length === 3)
    for (const url of ['/3', '/2', '/1']) held[url]!.end(`body of ${url}`)
    const answers = answersOf(await client.closed()).map(parseResponse)
    expect(answers.map(({ status, body }) => [status, body])).toEqual([1, 2, 3].map((number) => [200, `body of /${number}`]))
    await idle()
  })

  test('a client that has closed its side gets its answer', async () => {
    const go = signal()
    const asked = signal()
    const app = await startApp((_req, res) => {
      asked.resolve()
      void go.promise.then(() => res.end('late'))
    })
    const { connect } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/'))
    client.halfClose()
    await asked.promise
    go.resolve()
    expect(parseResponse(await client.closed())).toMatchObject({ status: 200, body: 'late' })
  })

  test('a large answer to an ignored upgrade survives a pause of the client', async () => {
    const length = 20 * mebibyte
    const app = await startApp((_req, res) => res.end(Buffer.alloc(length)))
    const { port } = await startProxy({ upstreams: [app] })
    const response = await new Promise<http.IncomingMessage>((resolve) =>
      http.get({ port, agent: false, headers: { connection: 'Upgrade', upgrade: 'h2c' } }, resolve),
    )
    // Node reads no body before it is asked to: the balancer's connection is full by now.
    await new Promise((resolve) => setTimeout(resolve, 100))
    let received = 0
    for await (const part of response) received += (part as Buffer).length
    expect(received).toBe(length)
  })
})
