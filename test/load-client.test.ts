import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { startClient, type Client } from '../load/client/client.ts'

/** A client for a server that answers so. */
async function clientOf(listener: RequestListener): Promise<Client> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = startClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await client.close()
    server.close().closeAllConnections()
  })
  return client
}

test('as many requests are sent as rate and time make, of each route its share, with what the route says', async () => {
  const seen = new Map<string, number>()
  const client = await clientOf((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const what = `${request.method} ${request.url} ${request.headers['x-who'] ?? ''} ${body}`.trim()
      seen.set(what, (seen.get(what) ?? 0) + 1)
      response.statusCode = request.url === '/gone' ? 410 : 200
      // Without a length: chunked.
      response.write('some ')
      response.end('text')
    })
  })
  const offered = await client.offer({
    rate: 200,
    seconds: 2,
    seed: 7,
    graceSeconds: 10,
    routes: [
      { method: 'GET', path: '/a?b=c', weight: 3, headers: { 'x-who': 'me' } },
      { method: 'POST', path: '/gone', weight: 1, body: 'größer' },
      { method: 'HEAD', path: '/head', weight: 0.5 },
    ],
  })
  const [a, gone, head] = offered.routes
  expect(offered.routes.reduce((sum, { sent }) => sum + sent, 0)).toBe(400)
  expect(Object.fromEntries(seen)).toEqual({ 'GET /a?b=c me': a!.sent, 'POST /gone  größer': gone!.sent, 'HEAD /head': head!.sent })
  expect(a!.sent / gone!.sent).toBeGreaterThan(2)
  expect(a!.sent / gone!.sent).toBeLessThan(4.5)
  expect([a!.latenciesMs.length, gone!.latenciesMs.length, head!.latenciesMs.length]).toEqual([a!.sent, 0, head!.sent])
  expect([a!.failed, gone!.failed, head!.failed]).toEqual([0, gone!.sent, 0])
  expect(offered.failures).toEqual([{ what: 'HTTP/1.1 410', count: gone!.sent }])
})

test('a server that stalls is seen to stall by all who came meanwhile', async () => {
  // From its twentieth request on it answers nothing until forty more have come: who waits for an answer before asking again never sends them.
  const held: (() => void)[] = []
  let count = 0
  const client = await clientOf((_request, response) => {
    count += 1
    if (count <= 20 || count > 60) return void response.end()
    held.push(() => response.end())
    if (count === 60) for (const answer of held) answer()
  })
  const { routes } = await client.offer({
    rate: 100,
    seconds: 1,
    seed: 1,
    graceSeconds: 10,
    routes: [{ method: 'GET', path: '/', weight: 1 }],
  })
  const [route] = routes
  expect(route!.latenciesMs).toHaveLength(100)
  // The one that came first was due 390 ms before the last one, and they were answered together.
  const waited = [...route!.latenciesMs].toSorted((a, b) => b - a).slice(0, 40)
  for (const [index, ms] of waited.entries()) expect(ms).toBeGreaterThanOrEqual((39 - index) * 10 - 1)
})

test('a burst counts what was answered, by route and outcome, and who is refused comes again', async () => {
  let answered = 0
  const client = await clientOf((request, response) => {
    answered += 1
    response.statusCode = request.url === '/busy' ? 503 : 204
    response.end()
  })
  const { routes } = await client.burst({
    seconds: 0.5,
    connections: 4,
    seed: 1,
    routes: [
      { method: 'GET', path: '/', weight: 1 },
      { method: 'GET', path: '/busy', weight: 1 },
    ],
  })
  expect(routes[0]).toMatchObject({ refused: 0, failed: 0 })
  expect(routes[1]).toMatchObject({ good: 0, failed: 0 })
  expect(routes[1]!.refused).toBeGreaterThan(4)
  // The last answers of the four came behind the end.
  expect(answered - routes[0]!.good - routes[1]!.refused).toBeLessThanOrEqual(4)
})

test('where nothing listens every request has failed, and says so', async () => {
  const client = startClient('http://127.0.0.1:1')
  onTestFinished(() => client.close())
  const offered = await client.offer({
    rate: 50,
    seconds: 0.2,
    seed: 1,
    graceSeconds: 5,
    routes: [{ method: 'GET', path: '/', weight: 1 }],
  })
  expect(offered.routes[0]).toMatchObject({ sent: 10, failed: 10, inTime: 0 })
  expect(offered.failures[0]!.what).toContain('ECONNREFUSED')
})
