import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'

import { afterEach, expect, test, vi } from 'vitest'

import { dialHttp } from '../../link/dial-http.ts'
import type { BalancerHello } from '../../link/handshake.ts'
import { DialHandshake } from '../../link/handshake.ts'
import { createDoorman } from './doorman.ts'

const pem = (name: string): string => readFileSync(new URL(`../../test/fixtures/tls/${name}.pem`, import.meta.url), 'utf8')
const certificate = { cert: pem('cert'), key: pem('key') }
const secret = 'correct horse battery'

const cleanups: (() => unknown)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

/** A loop's address: an HTTP server that says what it was asked, behind a doorman. */
async function open(guard: { secret?: string; tls?: typeof certificate } = {}) {
  const links: { socket: Socket; hello: BalancerHello; rest: string }[] = []
  const refusals: string[] = []
  const sockets = new Set<Socket>()
  const app = http.createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => res.end(`${req.method} ${req.url} ${body} ${'encrypted' in req.socket}`))
  })
  app.keepAliveTimeout = 0
  const doorman = createDoorman({
    loop: 'loop-1',
    state: () => 'ready',
    secret: guard.secret,
    tls: guard.tls,
    onLink: (socket, hello, rest) => {
      const link = { socket, hello, rest: rest.toString() }
      socket.on('data', (bytes: Buffer) => (link.rest += bytes.toString()))
      links.push(link)
      listener.emit('link')
    },
    onHttp: (socket) => app.emit('connection', socket),
    onRefused: ({ message }) => refusals.push(message),
  })
  const listener = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    doorman.receive(socket)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  const { port } = listener.address() as AddressInfo
  const connect = async (): Promise<Socket> => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    cleanups.push(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  return { port, links, refusals, listener, connect }
}

const get = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'

/** What comes until the text has come, or the connection has ended. */
async function readUntil(socket: Socket, text: string): Promise<string> {
  let got = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += (chunk as Buffer).toString('latin1')
    if (got.includes(text)) return got
  }
  return got
}

/** The handshake of a balancer over an open connection. */
async function shake(socket: Socket, mode: 'link' | 'http', ownSecret?: string): Promise<DialHandshake> {
  const handshake = new DialHandshake({ id: 'b0', mode, keepAliveMs: 5_000, secret: ownSecret }, Buffer.alloc(32, 7))
  socket.write(handshake.first)
  const read = (bytes: Buffer): void => {
    handshake.read(bytes, 0, bytes.length)
    const reply = handshake.takeReply()
    if (reply !== undefined) socket.write(reply)
    if (handshake.state !== 'going') socket.emit('shaken')
  }
  socket.on('data', read)
  await once(socket, 'shaken')
  socket.off('data', read)
  return handshake
}

test('plain HTTP reaches the app, and the connection can be kept', async () => {
  const { connect } = await open()
  const socket = await connect()
  for (let i = 0; i < 3; i++) {
    socket.write(`POST /${i} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody`)
    expect(await readUntil(socket, 'false')).toContain(`POST /${i} body false`)
  }
})

test('a request whose bytes come one by one, or with the next behind it, is read whole', async () => {
  const { connect } = await open()
  const slow = await connect()
  slow.setNoDelay(true)
  for (const byte of get) await new Promise<void>((written) => slow.write(byte, () => written()))
  expect(await readUntil(slow, 'false')).toContain('GET /a')
  const hasty = await connect()
  hasty.write(get + get.replace('/a', '/b'))
  expect(await readUntil(hasty, 'GET /b')).toContain('GET /a')
})

test('a connection that says nothing is kept: what it waits for may be on its way', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { connect } = await open()
  const socket = await connect()
  await vi.advanceTimersByTimeAsync(3_600_000)
  socket.write(get)
  expect(await readUntil(socket, 'false')).toContain('GET /a')
})

test.each([
  ['a secret', { secret }],
  ['a certificate', { tls: certificate }],
])('where the loop has %s, a connection that says nothing is closed after five seconds', async (_, guard) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { connect, refusals } = await open(guard)
  const socket = await connect()
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  socket.resume()
  const closed = once(socket, 'close')
  await vi.advanceTimersByTimeAsync(5_000)
  await closed
  expect(refusals).toEqual(['the handshake took too long'])
})

test('reasons that take turns are told once each, and again ten minutes later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { connect, refusals } = await open({ secret })
  const knockTwice = async (): Promise<void> => {
    for (const bytes of [get, '\x16\x03\x01', get, '\x16\x03\x01']) {
      const socket = await connect()
      socket.write(Buffer.from(bytes, 'latin1'))
      await readUntil(socket, 'never')
    }
  }
  await knockTwice()
  expect(refusals).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(600_000)
  await knockTwice()
  expect(refusals).toHaveLength(4)
})

test('connections that go before they have said anything leave nothing behind', async () => {
  const { connect, listener } = await open()
  ;(await connect()).end()
  ;(await connect()).resetAndDestroy()
  await vi.waitFor(async () => expect(await new Promise((count) => listener.getConnections((_, number) => count(number)))).toBe(0))
})

test('a balancer gets a link, and what it says behind the handshake is passed on', async () => {
  const { connect, links } = await open()
  const socket = await connect()
  expect((await shake(socket, 'link')).peer).toEqual({ loop: 'loop-1', state: 'ready' })
  socket.write('frames')
  await vi.waitFor(() => expect(links).toMatchObject([{ hello: { id: 'b0', mode: 'link', keepAliveMs: 5_000 }, rest: 'frames' }]))
})

test('with a secret plain HTTP is closed unread, and the reason is told once', async () => {
  const { connect, refusals } = await open({ secret })
  for (let i = 0; i < 2; i++) {
    const socket = await connect()
    socket.write(get)
    expect(await readUntil(socket, 'GET')).toBe('')
  }
  expect(refusals).toEqual([expect.stringContaining('plain HTTP is closed where the loop has a secret')])
})

test('with a secret a balancer that knows it gets in, by link and by HTTP; others are told why not', async () => {
  const { connect, links, refusals } = await open({ secret })
  expect((await shake(await connect(), 'link', secret)).state).toBe('accepted')
  expect(links).toHaveLength(1)
  const socket = await connect()
  await shake(socket, 'http', secret)
  socket.write(get)
  expect(await readUntil(socket, 'false')).toContain('GET /a')
  expect((await shake(await connect(), 'link')).refusal?.message).toContain('set link.secret')
  expect((await shake(await connect(), 'http', 'another secret 1')).refusal?.message).toContain('different secrets')
  await vi.waitFor(() => expect(refusals).toHaveLength(2))
})

test('a handshake that stands still is ended after five seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { connect, refusals } = await open({ secret })
  const socket = await connect()
  socket.write(Buffer.from('\0even', 'latin1'))
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  socket.resume()
  const closed = once(socket, 'close')
  await vi.advanceTimersByTimeAsync(5_000)
  await closed
  expect(refusals).toEqual(['the handshake took too long'])
})

const overTls = (port: number, own: string | undefined): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const trust = { ca: certificate.cert, checkServerIdentity: () => undefined }
    dialHttp({ to: { port, host: '127.0.0.1' }, tls: trust, secret: own, id: 'b0' }, (error, socket) =>
      error === null ? resolve(socket) : reject(error),
    )
  })

test.each([
  ['without a secret', undefined],
  ['with one', secret],
])('over TLS HTTP is served %s, and the app does not take it for the client’s TLS', async (_, own) => {
  const { port } = await open({ tls: certificate, ...(own === undefined ? {} : { secret: own }) })
  const socket = await overTls(port, own)
  cleanups.push(() => socket.destroy())
  socket.write(get)
  expect(await readUntil(socket, 'false')).toContain('GET /a  false')
})

test('over TLS a balancer gets its link', async () => {
  const { port, links } = await open({ tls: certificate, secret })
  const socket = tls.connect({ port, host: '127.0.0.1', ca: certificate.cert, checkServerIdentity: () => undefined })
  cleanups.push(() => socket.destroy())
  expect((await shake(socket, 'link', secret)).state).toBe('accepted')
  socket.write('frames')
  await vi.waitFor(() => expect(links).toMatchObject([{ rest: 'frames' }]))
})

test.each([
  ['HTTP', get],
  ['a link', new DialHandshake({ id: 'b', mode: 'link', keepAliveMs: 0, secret }, Buffer.alloc(32)).first],
])('where the loop has a certificate, %s without TLS is closed', async (_, bytes) => {
  const { connect, refusals } = await open({ tls: certificate, secret })
  const socket = await connect()
  socket.write(bytes)
  expect(await readUntil(socket, '\0')).toBe('')
  expect(refusals).toEqual([expect.stringContaining('without TLS is closed')])
})

test('what begins like TLS and is none is closed, and the next is served', async () => {
  const { connect, port } = await open({ tls: certificate })
  const socket = await connect()
  socket.write(Buffer.from('\x16\x03\x01\x00\x05hello', 'latin1'))
  await readUntil(socket, 'never')
  const good = await overTls(port, undefined)
  cleanups.push(() => good.destroy())
  good.write(get)
  expect(await readUntil(good, 'false')).toContain('GET /a')
})
