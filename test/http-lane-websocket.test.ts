import http from 'node:http'
import net from 'node:net'
import type { Socket } from 'node:net'

import { expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'

import {
  get,
  type InProcessProxy,
  lastGet,
  placeServer,
  signal,
  startApp,
  startProxy,
  type SomeSettings,
  type Upstream,
} from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

interface Echo {
  readonly upstream: Upstream
  readonly sockets: WebSocketServer['clients']
  /** The header fields of the handshakes. */
  readonly handshakes: http.IncomingHttpHeaders[]
}

async function echoing(): Promise<Echo> {
  const server = http.createServer((_req, res) => res.end('plain'))
  const sockets = new WebSocketServer({ server })
  const handshakes: http.IncomingHttpHeaders[] = []
  sockets.on('connection', (socket, req) => {
    handshakes.push(req.headers)
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  return { upstream: await startApp(server), sockets: sockets.clients, handshakes }
}

async function start(settings: SomeSettings = {}): Promise<Echo & InProcessProxy> {
  const echo = await echoing()
  return { ...echo, ...(await startProxy({ upstreams: [echo.upstream], settings })) }
}

async function open(port: number, options: WebSocket.ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?x=1`, options)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => {})
  return socket
}

const message = (socket: WebSocket): Promise<Buffer> => new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
const closing = (socket: WebSocket): Promise<[number, string]> =>
  new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])))

const upgrade = (...fields: string[]): string =>
  get(
    '/ws',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
  )

/** A server that does this with each upgrade. */
function upgrading(act: (socket: Socket, req: http.IncomingMessage) => void): Promise<Upstream> {
  const server = http.createServer((_req, res) => res.end('plain'))
  server.on('upgrade', (req, socket) => {
    // Node keeps the server's half of an upgraded connection open.
    socket.on('error', () => {}).on('end', () => socket.end())
    act(socket as Socket, req)
  })
  return startApp(server)
}

test('messages go both ways, and an open connection is a tunnel, not a request in flight', async () => {
  const { port, proxy, report, handshakes, idle, metric } = await start()
  const socket = await open(port)
  const answer = message(socket)
  socket.send('hello')
  expect(String(await answer)).toBe('hello')
  expect(report().inFlight).toBe(0)
  expect(proxy.endpoints.all[0]!.tunnels).toBe(1)
  expect(report().endpoints).toEqual({ k0: 1 })
  expect(handshakes[0]).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-request-id': expect.stringMatching(/./),
    'sec-websocket-version': '13',
  })
  expect(await metric('evenloop_proxy_requests_total', 'code="1xx"')).toBe(1)
  socket.close()
  await idle()
})

test('frames of megabytes arrive whole', async () => {
  const { port, idle } = await start()
  const socket = await open(port, { maxPayload: 64 * 1_048_576 })
  const large = Buffer.alloc(20 * 1_048_576)
  for (let index = 0; index < large.length; index += 4_096) large.writeUInt32LE(index, index)
  const answer = message(socket)
  socket.send(large)
  expect((await answer).equals(large)).toBe(true)
  socket.terminate()
  await idle()
})

test('what the client sends right behind the handshake arrives', async () => {
  const received = signal<string>()
  const app = await upgrading((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly')
    socket.once('data', (chunk) => received.resolve(String(chunk)))
  })
  const { connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(`${upgrade()}behind`)
  expect(await received.promise).toBe('behind')
  expect(await client.until((text) => text.endsWith('early'))).toMatch(
    /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/,
  )
})

test('the fields of the switch keep their spelling, and the cookie of the balancer is added', async () => {
  const app = await upgrading((socket) =>
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-oDD: \xe9\r\nKeep-Alive: 1\r\n\r\n',
      'latin1',
    ),
  )
  const { connect } = await startProxy({ upstreams: [app], settings: { policy: 'rendezvous' } })
  const client = await connect()
  client.send(upgrade())
  const head = await client.until((text) => text.includes('\r\n\r\n'))
  expect(head).toMatch(/\r\nX-oDD: \xe9\r\nSet-Cookie: evenloop=[^\r]*\r\n\r\n$/)
})

test('a close by the client reaches the loop', async () => {
  const { port, sockets, idle } = await start()
  const socket = await open(port)
  const closed = closing([...sockets][0]!)
  socket.close(4_000, 'bye')
  expect(await closed).toEqual([4_000, 'bye'])
  await idle()
})

test('a close by the loop reaches the client', async () => {
  const { port, sockets, idle } = await start()
  const socket = await open(port)
  const closed = closing(socket)
  for (const each of sockets) each.close(4_001, 'later')
  expect(await closed).toEqual([4_001, 'later'])
  await idle()
})

test('a loop that dies ends the connection of its client', async () => {
  const { port, upstream, idle } = await start()
  const socket = await open(port)
  const closed = closing(socket)
  await upstream.close()
  expect((await closed)[0]).toBe(1_006)
  await idle()
})

test('a client that dies ends the connection to its loop', async () => {
  const { port, sockets, idle } = await start()
  const socket = await open(port)
  const closed = closing([...sockets][0]!)
  socket.terminate()
  expect((await closed)[0]).toBe(1_006)
  await idle()
})

test('an app that refuses the handshake is heard, body and all', async () => {
  const app = await upgrading((socket) =>
    socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nX-oDD: 1\r\nContent-Length: 7\r\n\r\nwho are'),
  )
  const { exchange, idle } = await startProxy({ upstreams: [app] })
  const answer = await exchange(upgrade())
  expect(parseResponse(answer)).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Basic', connection: 'close' },
    body: 'who are',
  })
  expect(answer).toContain('X-oDD: 1')
  await idle()
})

test('a large refusal waits for a slow client', async () => {
  const body = Buffer.alloc(10_000_000, 'x')
  const app = await upgrading((socket) => {
    socket.write(`HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`)
    socket.end(body)
  })
  const { connect, idle } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.socket.pause()
  client.send(upgrade())
  await new Promise((resolve) => setTimeout(resolve, 100))
  client.socket.resume()
  expect(parseResponse(await client.closed()).body.length).toBe(body.length)
  await idle()
})

test('a refusal cut off by the app is cut for the client, and not repeated', async () => {
  const app = await placeServer(
    net.createServer((socket) => {
      socket.on('data', () =>
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nabc', () => setTimeout(() => socket.resetAndDestroy(), 20)),
      )
    }),
    { tcp: true },
  )
  const { exchange, idle, metric } = await startProxy({ upstreams: [app] })
  expect(await exchange(upgrade())).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*\r\n\r\nabc$/)
  expect([app.connections(), await metric('evenloop_proxy_retries_total')]).toEqual([1, 0])
  await idle()
})

test('a handshake is given to another loop when the first cuts it, and 502 when all do', async () => {
  const bad = await upgrading((socket) => socket.destroy())
  const echo = await echoing()
  const both = await startProxy({ upstreams: [bad, echo.upstream] })
  const socket = await open(both.port)
  expect(bad.connections()).toBe(1)
  socket.terminate()
  await both.idle()
  const { exchange, idle } = await startProxy({ upstreams: [bad] })
  const answer = await exchange(upgrade())
  expect(parseResponse(answer).status).toBe(502)
  expect(answer).toContain('"error":"LOOP_FAILED"')
  await idle()
})

test('a handshake that is not answered in time: 504', async () => {
  const gone = signal()
  const app = await upgrading((socket) => void socket.on('end', () => gone.resolve()).resume())
  const { exchange, idle } = await startProxy({ upstreams: [app], settings: { timeouts: { response: 150 } } })
  expect(parseResponse(await exchange(upgrade())).status).toBe(504)
  await gone.promise
  await idle()
})

test.each(['reset', 'end'] as const)('a client that goes in the middle of the handshake takes it away from the loop: %s', async (how) => {
  const asked = signal()
  const gone = signal()
  const app = await upgrading((socket) => {
    asked.resolve()
    socket.on('end', () => gone.resolve()).resume()
  })
  const { connect, idle, metric, report } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(upgrade())
  await asked.promise
  if (how === 'reset') client.vanish()
  else client.socket.destroy()
  await gone.promise
  await idle()
  await until('the connection gone', () => report().connections === 0)
  expect(await metric('evenloop_proxy_errors_total')).toBe(0)
})

test('a client that goes while its handshake is queued leaves the queue', async () => {
  const app = await startApp((req, res) => req.url === '/last' && res.end('ok'))
  const { connect, report, exchange, idle } = await startProxy({ upstreams: [app], endpoints: [{ cap: 1 }] })
  const first = await connect()
  first.send(get('/first'))
  await until('one in flight', () => report().inFlight === 1)
  const second = await connect()
  second.send(upgrade())
  await until('one queued', () => report().queued === 1)
  second.vanish()
  await until('none queued', () => report().queued === 0)
  first.vanish()
  await idle()
  expect(parseResponse(await exchange(lastGet('/last'))).body).toContain('ok')
})

test('a silent connection is ended after timeouts.tunnel, a busy one is not', async () => {
  const { port, idle } = await start({ timeouts: { tunnel: 300 } })
  const silent = await open(port)
  const busy = await open(port)
  const timer = setInterval(() => busy.send('.'), 50)
  await closing(silent)
  expect(busy.readyState).toBe(WebSocket.OPEN)
  clearInterval(timer)
  await closing(busy)
  await idle()
})
