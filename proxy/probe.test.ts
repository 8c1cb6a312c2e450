import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, test } from 'vitest'

import type { Address } from '../core/address.ts'
import { noSecurity } from '../link/security.ts'
import { httpOpener } from './open-connection.ts'
import { httpProbe } from './probe.ts'

const probe = httpProbe(httpOpener('test', noSecurity))

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A server of raw bytes: what it gets, and `reply` for each connection that has sent a whole head. */
async function listen(reply: (socket: net.Socket) => void, path?: string): Promise<{ address: Address; heads: string[] }> {
  const heads: string[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (data) => {
      heads.push(data.toString('latin1'))
      reply(socket)
    })
  })
  server.listen(path ?? { host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address: Address =
    path === undefined
      ? { lane: 'http', kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port }
      : { lane: 'http', kind: 'unix', path }
  return { address, heads }
}

const sends = (text: string) => (socket: net.Socket) => void socket.end(text)
const loop = { kind: 'loop' } as const
const patient = 10_000

test('a loop is asked itself, on a connection that is not kept', async () => {
  const { address, heads } = await listen(sends('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 9\r\n\r\ndraining\n'))
  expect(await probe(address, loop, patient)).toEqual({ kind: 'answer', status: 503, body: 'draining\n' })
  expect(heads[0]).toMatch(/^OPTIONS \* HTTP\/1.1\r\n/)
  expect(heads[0]).toMatch(/\r\nevenloop-probe: 1\r\n/)
  expect(heads[0]).toMatch(/\r\nconnection: close\r\n/i)
})

test('a path is asked of the app, and its status is enough', async () => {
  const { address, heads } = await listen((socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
  expect(await probe(address, { kind: 'path', path: '/ok?deep=1' }, patient)).toEqual({ kind: 'answer', status: 204, body: '' })
  expect(heads[0]).toMatch(/^GET \/ok\?deep=1 HTTP\/1.1\r\n/)
  expect(heads[0]).not.toContain('evenloop-probe')
})

test('a unix socket is asked the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'probe-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const { address } = await listen(sends('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nready'), join(folder, 's'))
  expect(await probe(address, loop, patient)).toEqual({ kind: 'answer', status: 200, body: 'ready' })
  expect(await probe(address, { kind: 'connect' }, patient)).toEqual({ kind: 'connected' })
})

test('an answer without end is cut off', async () => {
  const { address } = await listen((socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_000)}`))
  expect(await probe(address, loop, patient)).toEqual({ kind: 'answer', status: 200, body: 'x'.repeat(64) })
})

test('nobody there is a failure without a connection', async () => {
  const gone: Address = { lane: 'http', kind: 'unix', path: join(tmpdir(), 'nobody-listens-here.sock') }
  expect(await probe(gone, loop, patient)).toMatchObject({
    kind: 'failed',
    connected: false,
    reason: expect.stringContaining('ENOENT'),
  })
  expect(await probe(gone, { kind: 'connect' }, patient)).toMatchObject({ kind: 'failed', connected: false })
})

test.each([
  ['a connection cut off', (socket: net.Socket) => socket.destroy()],
  ['something that is not HTTP', sends('220 mail.example ESMTP\r\n')],
  ['an answer cut short', sends('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nre')],
  ['another protocol', sends('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')],
])('%s is a failure after the connection', async (_, reply) => {
  const { address } = await listen(reply)
  expect(await probe(address, loop, patient)).toMatchObject({ kind: 'failed', connected: true })
})

test('an endpoint that does not answer in time was at least connected to', async () => {
  const { address } = await listen(() => {})
  expect(await probe(address, loop, 50)).toEqual({ kind: 'timeout', connected: true })
})
