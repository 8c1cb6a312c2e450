import http from 'node:http'

import { expect, test } from 'vitest'

import { get, identityOf, lastGet, signal, startApp, startProxy } from './support/in-process-proxy.ts'
import { connectRaw, parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

/** An app that answers when told to. */
async function startHolding(): Promise<{ app: Awaited<ReturnType<typeof startApp>>; held: http.ServerResponse[] }> {
  const held: http.ServerResponse[] = []
  const app = await startApp((_req, res) => void held.push(res))
  return { app, held }
}

test('a draining balancer finishes what it holds, tells its clients to leave, and takes no new ones', async () => {
  const { app, held } = await startHolding()
  const { proxy, port, connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/'))
  await until('the request at the loop', () => held.length === 1)
  let over = false
  const drained = proxy.drain(30_000).then(() => (over = true))
  await until('new connections refused', () =>
    connectRaw(port).then(
      (late) => (late.socket.destroy(), false),
      (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
    ),
  )
  expect(over).toBe(false)
  held[0]!.end('whole')
  expect(parseResponse(await client.closed())).toMatchObject({ status: 200, headers: { connection: 'close' }, body: 'whole' })
  await drained
})

test('of pipelined requests all are answered in a drain, and the last answer tells the client to leave', async () => {
  const { app, held } = await startHolding()
  const { proxy, connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/one') + get('/two'))
  await until('both requests at the loop', () => held.length === 2)
  const drained = proxy.drain(30_000)
  held.find((res) => res.req.url === '/one')!.end('one')
  await client.until((text) => text.endsWith('one'))
  held.find((res) => res.req.url === '/two')!.end('two')
  const text = await client.closed()
  expect(text.split('HTTP/1.1 200 OK')).toHaveLength(3)
  expect(text.match(/Connection: [a-z-]+/g)).toEqual(['Connection: keep-alive', 'Connection: close'])
  expect(text).toMatch(/two$/)
  await drained
})

test('a request on a connection that was idle when the drain began is answered', async () => {
  const app = await startApp((req, res) => res.end(req.url))
  const { proxy, connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/one'))
  await client.until((text) => text.endsWith('/one'))
  const drained = proxy.drain(30_000)
  client.send(get('/two'))
  expect(await client.closed()).toMatch(/Connection: close\r\n\r\n\/two$/)
  await drained
})

test('an idle connection is closed after the grace, and the drain ends', async () => {
  const app = await startApp((_req, res) => res.end('ok'))
  const { proxy, connect, report } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/'))
  await client.until((text) => text.endsWith('ok'))
  await proxy.drain(30_000)
  expect(await client.closed()).toMatch(/ok$/)
  await until('the connection gone', () => report().connections === 0)
})

test('a drain ends at its limit, whatever is still open', async () => {
  const { app, held } = await startHolding()
  const { proxy, connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/'))
  await until('the request at the loop', () => held.length === 1)
  await proxy.drain(50)
  expect(client.ended()).toBe(false)
})

test('a refusal of the balancer while it drains tells the client to leave as well', async () => {
  const { app, held } = await startHolding()
  const { proxy, connect } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(get('/'))
  await until('the request at the loop', () => held.length === 1)
  const drained = proxy.drain(30_000)
  held[0]!.socket!.destroy()
  // The loop is still there: every attempt reaches it, and is cut.
  await until('a second attempt', () => held.length === 2)
  held[1]!.socket!.destroy()
  await until('a third attempt', () => held.length === 3)
  held[2]!.socket!.destroy()
  expect(parseResponse(await client.closed())).toMatchObject({ status: 502, headers: { connection: 'close' } })
  await drained
})

test('an endpoint that drains finishes what it holds, gets nothing new, and is then released', async () => {
  const { app, held } = await startHolding()
  const other = await startApp((_req, res) => res.end('other'))
  const { proxy, connect, exchange, released } = await startProxy({ upstreams: [app] })
  const client = await connect()
  client.send(lastGet('/'))
  await until('the request at the loop', () => held.length === 1)
  proxy.apply([identityOf(app, 0, { state: 'draining' }), identityOf(other, 1)])
  for (let count = 0; count < 5; count += 1) expect(parseResponse(await exchange(lastGet('/'))).body).toBe('other')
  expect(held.length).toBe(1)
  expect(released).toEqual([])
  held[0]!.writeHead(200, { 'content-length': 5 }).end('whole')
  expect(parseResponse(await client.closed()).body).toBe('whole')
  expect(released).toEqual(['k0'])
  await until('the idle connections to it closed', () => app.sockets.size === 0)
})

test('an endpoint that drains and holds nothing is released at once', async () => {
  const app = await startApp((_req, res) => res.end('ok'))
  const { proxy, exchange, released } = await startProxy({ upstreams: [app] })
  await exchange(lastGet('/'))
  proxy.apply([identityOf(app, 0, { state: 'draining' })])
  expect(released).toEqual(['k0'])
  await until('the idle connection to it closed', () => app.sockets.size === 0)
})

test('requests that wait are served by the loop that comes, and the series of one that drained and went end', async () => {
  const asked = signal()
  const first = await startApp((_req, res) => res.end('first'))
  const second = await startApp((_req, res) => {
    asked.resolve()
    res.end('second')
  })
  const { proxy, exchange, report, metric } = await startProxy({ upstreams: [first] })
  await exchange(lastGet('/'))
  expect(await metric('evenloop_proxy_requests_total', 'loop="l0"')).toBe(1)
  proxy.apply([identityOf(first, 0, { state: 'draining' })])
  proxy.apply([])
  const waiting = exchange(lastGet('/'))
  await until('one queued', () => report().queued === 1)
  proxy.apply([identityOf(second, 1)])
  expect(parseResponse(await waiting).body).toContain('second')
  await asked.promise
  expect(JSON.stringify(proxy.metrics.read()).includes('"l0"')).toBe(false)
  expect(await metric('evenloop_proxy_queue_seconds_count')).toBe(1)
})
