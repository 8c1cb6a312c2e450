import { afterEach, describe, expect, test } from 'vitest'

import { loopState, resetReason } from '../link/frame.ts'
import { type FakeLoop, type FakeRequest, startFakeLoop } from './support/fake-loop.ts'
import { get, type InProcessProxy, lastGet, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const loops: FakeLoop[] = []

async function start(
  timeouts: NonNullable<SomeSettings['timeouts']>,
  more: SomeSettings = {},
): Promise<InProcessProxy & { loop: FakeLoop }> {
  const { loop, upstream } = await startFakeLoop()
  loops.push(loop)
  return { loop, ...(await startProxy({ upstreams: [upstream], settings: { ...more, timeouts } })) }
}

afterEach(() => {
  expect(loops.splice(0).flatMap((loop) => loop.breaches)).toEqual([])
})

const errors = ({ metric }: InProcessProxy, code: string): Promise<number> => metric('evenloop_proxy_errors_total', `code="${code}"`)
const gaveUp = (request: FakeRequest): Promise<boolean> => until('the reset', () => request.reset === resetReason.timeout)

describe('a client that is too slow', () => {
  test('with its head is told so, and counted', async () => {
    const proxy = await start({ headers: 100 })
    const client = await proxy.connect()
    client.send('GET / HTTP/1.1\r\nHost')
    expect(parseResponse(await client.closed())).toMatchObject({ status: 408, headers: { connection: 'close' } })
    expect(await errors(proxy, 'REQUEST_TIMEOUT')).toBe(1)
  })

  test('with its body is told so, the loop hears of it, and others are served meanwhile', async () => {
    const proxy = await start({ body: 100 })
    const client = await proxy.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    const slow = await proxy.loop.request()
    proxy.loop.onRequest = (request) => request.answer('fast')
    expect(parseResponse(await proxy.exchange(lastGet('/'))).body).toBe('fast')
    expect(parseResponse(await client.closed()).status).toBe(408)
    await gaveUp(slow)
    expect(await errors(proxy, 'REQUEST_TIMEOUT')).toBe(1)
    await proxy.idle()
  })

  test('with the rest of a body behind its answer loses the connection', async () => {
    const proxy = await start({ body: 100 })
    const client = await proxy.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    const request = await proxy.loop.request()
    request.answer('early')
    expect(await client.closed()).toMatch(/early$/)
    await until('the reset', () => request.reset !== undefined)
    expect(await errors(proxy, 'REQUEST_TIMEOUT')).toBe(1)
  })

  test('with the next request is let go without a word', async () => {
    const proxy = await start({ keepAlive: 100 })
    proxy.loop.onRequest = (request) => request.answer('ok')
    const client = await proxy.connect()
    client.send(get('/'))
    expect(await client.closed()).toMatch(/ok$/)
    expect(await errors(proxy, 'REQUEST_TIMEOUT')).toBe(0)
  })

  test.each(['keep-alive', 'close'])('to take its last response (%s) is cut and counted', async (connection) => {
    const proxy = await start({ idle: 2_000, keepAlive: 60_000 })
    const { loop } = proxy
    const client = await proxy.connect()
    client.socket.pause()
    client.send(get('/', `Connection: ${connection}`))
    const request = await loop.request()
    request.begin('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n', { close: connection === 'close' })
    const piece = Buffer.alloc(30_000)
    let [sent, last, standing] = [0, -1, 0]
    // Until the buffers of both systems are full, which takes them a while: then the loop says that this was all.
    await until('no more credit', () => {
      for (; request.credit > piece.length; sent += 1) request.say(piece)
      standing = sent === last ? standing + 1 : 0
      last = sent
      return standing > 20
    })
    request.end('', connection === 'close')
    await until('the connection gone', () => proxy.report().connections === 0)
    expect(await errors(proxy, 'REQUEST_TIMEOUT')).toBe(1)
    await proxy.idle()
  })
})

describe('a loop that is too slow', () => {
  test.each(['response', 'request'] as const)('to answer (%s) is reset, and the client gets 504 and may go on', async (limit) => {
    const proxy = await start({ [limit]: 100 })
    const client = await proxy.connect()
    client.send(get('/'))
    const request = await proxy.loop.request()
    const answer = await client.until((text) => text.includes('LOOP_TIMEOUT'))
    expect(parseResponse(answer)).toMatchObject({ status: 504, headers: { connection: 'keep-alive' } })
    await gaveUp(request)
    client.send(get('/'))
    const next = await proxy.loop.request(1)
    next.answer('ok')
    await client.until((text) => text.endsWith('ok'))
    expect(await errors(proxy, 'LOOP_TIMEOUT')).toBe(1)
  })

  test('with its body is cut', async () => {
    const proxy = await start({ idle: 100 })
    const client = await proxy.connect()
    client.send(get('/'))
    const request = await proxy.loop.request()
    request.begin('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
    expect(await client.closed()).toMatch(/abc$/)
    await gaveUp(request)
    expect(await errors(proxy, 'LOOP_TIMEOUT')).toBe(1)
  })

  test('to take the body is to blame, not the client', async () => {
    const proxy = await start({ idle: 150, body: 100_000 })
    const client = await proxy.connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
    const request = await proxy.loop.request()
    request.taken()
    client.send('x'.repeat(1_000_000))
    expect(await client.until((text) => text.includes('LOOP_TIMEOUT'))).toContain('504')
    await gaveUp(request)
  })
})

describe('a loop says of itself', () => {
  test('that it lives; one that holds a request in silence is blocked, until it is heard', async () => {
    const { loop, proxy, connect } = await start({})
    const client = await connect()
    const [endpoint] = proxy.endpoints.all
    client.send(get('/'))
    const request = await loop.request()
    await until('blocked', () => endpoint!.blocked)
    const beats = setInterval(() => request.link.beat(), 2)
    await until('blocked no more', () => !endpoint!.blocked)
    clearInterval(beats)
    request.answer('ok')
    await client.until((text) => text.endsWith('ok'))
    await until('nobody blocked', () => !endpoint!.blocked)
  })

  test('that it drains: the others get what comes, and what it holds is finished', async () => {
    const [one, two] = [await startFakeLoop(), await startFakeLoop({ onRequest: (request) => request.answer('two') })]
    const { connect, exchange } = await startProxy({ upstreams: [one.upstream, two.upstream] })
    await until('both links', () => one.loop.links.length === 1 && two.loop.links.length === 1)
    const client = await connect()
    client.send(get('/'))
    const held = await one.loop.request()
    one.loop.link.state(loopState.draining)
    held.inform(103, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    await client.until((text) => text.includes('103'))
    for (let count = 0; count < 5; count += 1) expect(await exchange(lastGet('/'))).toMatch(/two$/)
    held.answer('one')
    await client.until((text) => text.endsWith('one'))
    expect(one.loop.requests).toHaveLength(1)
  })
})
