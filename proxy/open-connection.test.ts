import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import tls from 'node:tls'

import { afterEach, expect, test, vi } from 'vitest'

import type { Address } from '../core/address.ts'
import { AcceptHandshake } from '../link/handshake.ts'
import { type LinkSecurity, noSecurity } from '../link/security.ts'
import { ConnectionPool } from './http-lane/connection-pool.ts'
import { httpOpener } from './open-connection.ts'
import { httpProbe } from './probe.ts'

const pem = (name: string): string => readFileSync(new URL(`../test/fixtures/tls/${name}.pem`, import.meta.url), 'utf8')
const secret = 'correct horse battery'
const withSecret: LinkSecurity = { ...noSecurity, secret }
const withTls: LinkSecurity = { ...noSecurity, ca: pem('cert') }

const cleanups: (() => unknown)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

/** A loop's side in short: TLS where there is a certificate, then a handshake, then HTTP. Counts its connections. */
async function loop(security: LinkSecurity, greets = true) {
  const connections: Socket[] = []
  const app = http.createServer((req, res) => res.end(req.url === '*' ? 'ready' : req.url))
  const greet = (socket: Socket): void => {
    connections.push(socket)
    socket.on('error', () => {})
    if (!greets) return void socket.resume()
    if (security.secret === undefined) return void app.emit('connection', socket)
    const handshake = new AcceptHandshake({ loop: 'l', state: 'ready', secret: security.secret }, Buffer.alloc(32, 1))
    const read = (bytes: Buffer): void => {
      handshake.read(bytes, 0, bytes.length)
      const reply = handshake.takeReply()
      if (reply !== undefined) socket.write(reply)
      if (handshake.state === 'refused') socket.end()
      if (handshake.state !== 'accepted') return
      socket.off('data', read).pause()
      app.emit('connection', socket)
      socket.resume()
    }
    socket.on('data', read)
  }
  const listener = security.ca === undefined ? net.createServer(greet) : tls.createServer({ cert: pem('cert'), key: pem('key') }, greet)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  cleanups.push(() => {
    for (const socket of connections) socket.destroy()
    listener.close()
  })
  const { port } = listener.address() as AddressInfo
  const address: Address = { lane: 'link', kind: 'tcp', host: '127.0.0.1', port }
  return { address, connections }
}

function get(pool: ConnectionPool, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get({ agent: pool as never, path }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve(body))
      })
      .on('error', reject)
  })
}

const both: LinkSecurity = { ...withTls, secret }

test.each<[string, LinkSecurity]>([
  ['a loop that asks for nothing', noSecurity],
  ['a loop with a secret', withSecret],
  ['a loop with TLS', withTls],
  ['a loop with both', both],
])('HTTP is spoken to %s, over one connection that is kept', async (_, security) => {
  const { address, connections } = await loop(security)
  const pool = new ConnectionPool(httpOpener('b0', security), address, 0)
  cleanups.push(() => pool.close())
  expect(await get(pool, '/1')).toBe('/1')
  await vi.waitFor(async () => expect(await get(pool, '/2')).toBe('/2'))
  expect(connections).toHaveLength(1)
})

test('a loop that does not let us in is an error of the connection: nothing of the request has left', async () => {
  const { address } = await loop(withSecret)
  const pool = new ConnectionPool(httpOpener('b0', { ...noSecurity, secret: 'another secret 1' }), address, 0)
  await expect(get(pool, '/')).rejects.toMatchObject({ syscall: 'connect', message: expect.stringContaining('different secrets') })
})

test('a certificate of another authority is an error of the connection too', async () => {
  const { address } = await loop(withTls)
  const pool = new ConnectionPool(httpOpener('b0', { ...withTls, ca: tls.rootCertificates[0]! }), address, 0)
  await expect(get(pool, '/')).rejects.toMatchObject({ syscall: 'connect' })
})

test.each([
  ['the secret', withSecret],
  ['TLS', both],
])('nobody there is said as without %s', async (_, security) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const pool = new ConnectionPool(httpOpener('b0', security), { lane: 'link', kind: 'tcp', host: '127.0.0.1', port }, 0)
  await expect(get(pool, '/')).rejects.toMatchObject({ syscall: 'connect', code: 'ECONNREFUSED' })
})

test('a request that is given up during the handshake leaves no connection in use', async () => {
  const { address, connections } = await loop(withSecret)
  const pool = new ConnectionPool(httpOpener('b0', withSecret), address, 0)
  cleanups.push(() => pool.close())
  const request = http.get({ agent: pool as never, path: '/' })
  request.on('error', () => {})
  request.destroy()
  await new Promise((closed) => request.once('close', closed))
  await vi.waitFor(() => expect(connections).toHaveLength(1))
  // It is free for the next one.
  expect(await get(pool, '/next')).toBe('/next')
  expect(connections).toHaveLength(1)
})

test('a server that speaks HTTP, and a unix socket, are never asked for secret or TLS', async () => {
  const { address } = await loop(noSecurity)
  const plain: Address = { ...address, lane: 'http' } as Address
  const pool = new ConnectionPool(httpOpener('b0', both), plain, 0)
  cleanups.push(() => pool.close())
  expect(await get(pool, '/plain')).toBe('/plain')
})

test('probes get in the same way', async () => {
  const { address } = await loop(both)
  const probe = httpProbe(httpOpener('b0', both))
  expect(await probe(address, { kind: 'loop' }, 5_000)).toEqual({ kind: 'answer', status: 200, body: 'ready' })
  expect(await probe(address, { kind: 'connect' }, 5_000)).toEqual({ kind: 'connected' })
})

test('a loop that is too busy to shake hands is busy, not gone', async () => {
  const { address, connections } = await loop(withSecret, false)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const result = httpProbe(httpOpener('b0', withSecret))(address, { kind: 'loop' }, 60_000)
  await vi.waitFor(() => expect(connections).toHaveLength(1))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await result).toMatchObject({ kind: 'timeout' })
})
