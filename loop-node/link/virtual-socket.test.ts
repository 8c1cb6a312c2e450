import { once } from 'node:events'
import http from 'node:http'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

import { fastify } from 'fastify'
import { afterEach, expect, test } from 'vitest'

import { initialWindow, requestFlag } from '../../link/frame.ts'
import { closeLinks, link } from '../../test/support/link-client.ts'

afterEach(closeLinks)

test('answers a request to Fastify in one frame', async () => {
  const app = fastify()
  app.get('/hello', () => ({ hello: 'world' }))
  await app.ready()
  const { client, front } = await link(app.server)
  const answer = client.request(1, '/hello')
  await client.until(() => answer.ended)
  expect(answer.text).toContain('Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n')
  expect(answer.text).toMatch(/\r\n\r\n{"hello":"world"}$/)
  expect(answer).toMatchObject({ status: 200, frames: 1, closes: false })
  expect(front).toMatchObject({ requests: 1, inFlight: 0 })
})

test('shows the client’s own address, and whether it speaks TLS', async () => {
  const { client } = await link(({ socket }, res) => {
    const { remoteAddress, remotePort, remoteFamily } = socket
    res.end(JSON.stringify({ remoteAddress, remotePort, remoteFamily, encrypted: 'encrypted' in socket && socket.encrypted }))
  })
  const plain = client.request(1, '/', { address: '192.0.2.9' })
  const secure = client.request(2, '/', { address: '2001:db8::1', flags: requestFlag.encrypted })
  await client.until(() => plain.ended && secure.ended)
  expect(plain.text).toContain('{"remoteAddress":"192.0.2.9","remotePort":40000,"remoteFamily":"IPv4"}')
  expect(secure.text).toContain('{"remoteAddress":"2001:db8::1","remotePort":40000,"remoteFamily":"IPv6","encrypted":true}')
})

test('says of each response what the balancer need not read: its status, interim ones, and that it closes', async () => {
  const { client } = await link((req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' })
    if (req.url === '/close') res.setHeader('connection', 'close')
    res.statusCode = 418
    res.end('short and stout')
  })
  const kept = client.request(1, '/')
  const closed = client.request(2, '/close')
  await client.until(() => kept.ended && closed.ended)
  expect(kept).toMatchObject({ interim: [103], status: 418, closes: false })
  expect(closed).toMatchObject({ interim: [103], status: 418, closes: true })
})

test('sends no more than the balancer takes, and one slow client does not stop another', async () => {
  const size = 4 * initialWindow
  const { client } = await link((req, res) => res.end(req.url === '/large' ? Buffer.alloc(size, 'x') : 'small'))
  const large = client.request(1, '/large')
  await client.until(() => large.bytes >= initialWindow)
  const small = client.request(2, '/small')
  await client.until(() => small.ended)
  expect(large).toMatchObject({ bytes: initialWindow, ended: false })
  let taken = large.bytes
  while (!large.ended) {
    client.credit(1, initialWindow)
    const before = taken
    await client.until(() => large.ended || large.bytes === before + initialWindow)
    taken = large.bytes
  }
  expect(large.text.slice(large.text.indexOf('\r\n\r\n') + 4)).toBe('x'.repeat(size))
})

test('lets an app that heeds back-pressure wait for a slow client', async () => {
  let written = 0
  const { client } = await link((req, res) => {
    if (req.url === '/other') return void res.end()
    const fill = (): void => {
      while (written < 4e6) {
        written += 65_536
        if (!res.write(Buffer.alloc(65_536))) return
      }
      res.end()
    }
    res.on('drain', fill)
    fill()
  })
  const answer = client.request(1, '/')
  await client.until(() => answer.bytes >= initialWindow)
  // Another stream goes on meanwhile, and what could still be written has been by then.
  const other = client.request(2, '/other')
  await client.until(() => other.ended)
  expect(written).toBeLessThanOrEqual(initialWindow + 2 * 65_536)
  client.credit(1, 1e8)
  await client.until(() => answer.ended)
  expect(answer.bytes).toBeGreaterThan(4e6)
})

test('sends events when they are written, and lets the app know when their client goes', async () => {
  let response: http.ServerResponse | undefined
  const { client, front } = await link((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    response = res
  })
  const answer = client.request(1, '/events')
  await client.until(() => client.beats.length > 0)
  for (const data of ['one', 'two']) {
    response!.write(`data: ${data}\n\n`)
    await client.until(() => answer.text.includes(`data: ${data}\n\n`))
  }
  const closed = once(response!, 'close')
  client.reset(1)
  await closed
  await client.until(() => answer.reset !== undefined)
  expect(response).toMatchObject({ destroyed: true, writableFinished: false })
  expect(front.inFlight).toBe(0)
})

test('does not give a request to the app whose client is gone already', async () => {
  const seen: string[] = []
  const { client } = await link((req, res) => {
    seen.push(req.url!)
    res.end()
  })
  const gone = client.request(1, '/gone')
  client.reset(1)
  const answer = client.request(2, '/here')
  await client.until(() => answer.ended && gone.reset !== undefined)
  expect(seen).toEqual(['/here'])
})

test.each<[string, http.RequestListener]>([
  ['the socket', (req) => req.socket.destroy()],
  ['the request', (req) => req.destroy()],
  ['the response', (_req, res) => void res.destroy(new Error('of the app'))],
])('resets the stream where the app destroys %s', async (_what, handler) => {
  const closed: string[] = []
  const { client, front } = await link((req, res) => {
    res.on('close', () => closed.push(req.url!))
    handler(req, res)
  })
  const answer = client.request(1, '/')
  await client.until(() => answer.reset !== undefined)
  expect(closed).toEqual(['/'])
  expect(front.inFlight).toBe(0)
  const next = client.request(1, '/next')
  await client.until(() => next.reset !== undefined)
})

test('carries what Fastify’s handler writes after reply.hijack()', async () => {
  const app = fastify()
  app.get('/raw', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'x-raw': '1' })
    reply.raw.end('by hand')
  })
  await app.ready()
  const { client } = await link(app.server)
  const answer = client.request(1, '/raw')
  await client.until(() => answer.ended)
  expect(answer.text).toMatch(/x-raw: 1\r\n.*by hand/s)
  expect(answer.closes).toBe(false)
})

test('carries a response that the app writes to the socket itself, and ends the client’s connection with it', async () => {
  const { client, front } = await link((req) => {
    req.socket.write('HTTP/1.1 202 Accepted\r\n\r\n')
    req.socket.end('by hand')
  })
  const answer = client.request(1, '/')
  await client.until(() => answer.ended)
  expect(answer).toMatchObject({ status: 202, text: 'HTTP/1.1 202 Accepted\r\n\r\nby hand', closes: true })
  while (front.inFlight > 0) await new Promise(setImmediate)
})

test('carries a file through a pipeline', async () => {
  const file = fileURLToPath(import.meta.url)
  const { client } = await link((_req, res) => void pipeline(createReadStream(file), res))
  const answer = client.request(1, '/')
  await client.until(() => answer.ended)
  expect(answer.text).toContain('carries a file through a pipeline')
})

test('sends the bytes that were written though the app uses their buffer again', async () => {
  const { client } = await link((_req, res) => {
    const bytes = Buffer.alloc(64 * 1024, 'a')
    res.write(bytes, () => {
      bytes.fill('b')
      res.end()
    })
  })
  const answer = client.request(1, '/')
  await client.until(() => answer.ended)
  expect(answer.text).toContain('a'.repeat(64 * 1024))
})

test('passes a time-out on to request and response, as node:http does', async () => {
  const passed: string[] = []
  const { client } = await link((req, res) => {
    req.on('timeout', () => passed.push('request'))
    req.socket.on('timeout', () => passed.push('socket'))
    res.setTimeout(5, () => {
      passed.push('response')
      res.end('late')
    })
  })
  const answer = client.request(1, '/', { method: 'POST', body: true })
  await client.until(() => answer.ended)
  expect(passed).toEqual(['request', 'response', 'socket'])
})

test('destroys the connection at a time-out that nobody listens for', async () => {
  const { client } = await link((req) => void req.socket.setTimeout(5))
  const answer = client.request(1, '/')
  await client.until(() => answer.reset !== undefined)
})

test('tells those who listen on the socket that it is over, once its request is', async () => {
  const closed: string[] = []
  const { client } = await link((req, res) => {
    req.socket.on('close', () => closed.push(String(res.writableFinished)))
    res.end()
  })
  const answer = client.request(1, '/')
  await client.until(() => answer.ended)
  while (closed.length === 0) await new Promise(setImmediate)
  expect(closed).toEqual(['true'])
})
