import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'

import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { startCluster, type Cluster } from './support/cluster.ts'
import { until } from './support/wait.ts'

// The first thing a user sees: every route of the demo, through the real cluster.
describe('examples/demo', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2'], shared: true })
  })
  const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
    (await (await fetch(cluster.url + path, init)).json()) as Record<string, unknown>

  test('says hello from every loop, with the loop and its process', async () => {
    const { loops } = await cluster.status()
    const seen = new Map<unknown, unknown>()
    for (let i = 0; i < 8; i++) {
      const { hello, loop, pid } = await json('/')
      expect(hello).toBe('world')
      seen.set(loop, pid)
    }
    expect(seen).toEqual(new Map(loops.map(({ id, pid }) => [id, pid])))
  })

  test('shows a page with links to a browser', async () => {
    const response = await fetch(cluster.url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toMatch(/Hello from loop \S+<[^]*href="\/io\?ms=100"/)
  })

  test.each(['io', 'cpu', 'block'])('/%s takes as long as asked, within its bounds', async (route) => {
    expect(Object.values(await json(`/${route}?ms=20`))).toContain(20)
    const refused = await fetch(`${cluster.url}/${route}?ms=60001`)
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ message: 'querystring/ms must be <= 60000' })])
  })

  test('a stream arrives piece by piece, and whole', async () => {
    expect(await (await fetch(`${cluster.url}/stream?n=3&ms=10`)).text()).toBe('piece 1\npiece 2\npiece 3\n')
    // Who waits for the end of the body would see both pieces at once.
    const reader = (await fetch(`${cluster.url}/stream?n=2&ms=2000`)).body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('piece 1\n')
    await reader.cancel()
  })

  test('server-sent events end after n', async () => {
    const response = await fetch(`${cluster.url}/sse?n=2&ms=10`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toMatch(
      /^id: 1\nevent: tick\ndata: {"tick":1,"loop":"\S+","pid":\d+}\n\nid: 2\nevent: tick\ndata: {"tick":2,"loop":"\S+","pid":\d+}\n\n$/,
    )
  })

  test('an endless event stream arrives event by event until the client leaves', async () => {
    const leave = new AbortController()
    const response = await fetch(`${cluster.url}/sse?ms=10`, { signal: leave.signal })
    let text = ''
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      if (text.includes('id: 5\n')) break
    }
    leave.abort()
    await cluster.waitFor('nothing in flight', ({ balancers }) => balancers.every(({ inFlight }) => inFlight === 0))
  })

  test('a WebSocket sends back text and bytes', async () => {
    const socket = new WebSocket(`${cluster.url.replace('http', 'ws')}/ws`)
    const received: unknown[] = []
    socket.on('message', (data: Buffer, binary) => received.push(binary ? [...data] : data.toString()))
    socket.on('open', () => {
      socket.send('grüße')
      socket.send(Buffer.from([0, 255, 7]))
    })
    await until('both echoes', () => received.length === 2)
    expect(received).toEqual(['grüße', [0, 255, 7]])
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.close(1000)
    expect(await closed).toBe(1000)
  })

  test('an upload is counted and hashed, with a length or chunked', async () => {
    const block = Buffer.alloc(65_536, 'evenloop')
    const body = Buffer.concat(Array.from({ length: 320 }, () => block))
    const sha256 = createHash('sha256').update(body).digest('hex')
    const expected = { bytes: 20_971_520, sha256 }
    expect(await json('/upload', { method: 'POST', body })).toMatchObject(expected)
    const chunked = Readable.toWeb(Readable.from(Array.from({ length: 320 }, () => block))) as ReadableStream
    expect(
      await json('/upload', {
        method: 'POST',
        body: chunked,
        duplex: 'half',
        headers: { 'content-type': 'application/json' },
      } as RequestInit),
    ).toMatchObject(expected)
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s /echo sends the request back', async (method) => {
    const echo = await json('/echo?a=1&b=%20', {
      method,
      body: '{"not":"parsed"}',
      headers: { 'content-type': 'application/json', 'x-mine': 'yes' },
    })
    expect(echo).toMatchObject({
      method,
      url: '/echo?a=1&b=%20',
      body: '{"not":"parsed"}',
      headers: { 'x-mine': 'yes', 'x-forwarded-for': '127.0.0.1' },
    })
  })

  test('GET /echo has no body', async () => {
    expect(await json('/echo')).toMatchObject({ method: 'GET', body: null })
  })
})
