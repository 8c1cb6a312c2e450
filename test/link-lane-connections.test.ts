import { afterEach, describe, expect, test } from 'vitest'

import { requestFlag, resetReason } from '../link/frame.ts'
import { type FakeLoop, type FakeRequest, startFakeLoop } from './support/fake-loop.ts'
import { get, type InProcessProxy, lastGet, post, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const answersOf = (text: string): string[] => text.split(/(?=HTTP\/1\.1 \d)/)

/** Answers with the target, and with what came of the body. */
const echo = (request: FakeRequest): void => {
  if (request.bodyEnded) request.answer(`${request.head.method} ${request.head.target} ${request.body}`)
}

interface Started extends InProcessProxy {
  readonly loop: FakeLoop
}

const loops: FakeLoop[] = []

async function start(onRequest?: (request: FakeRequest) => void, settings: SomeSettings = {}): Promise<Started> {
  const { loop, upstream } = await startFakeLoop(onRequest === undefined ? {} : { onRequest })
  if (onRequest === echo) loop.onBody = echo
  loops.push(loop)
  return { loop, ...(await startProxy({ upstreams: [upstream], settings })) }
}

afterEach(() => {
  // Whatever a client does, no loop may find the link corrupt: everyone on it would pay.
  expect(loops.splice(0).flatMap((loop) => loop.breaches)).toEqual([])
})

describe('one request after the other', () => {
  test('is served on one connection, on the link', async () => {
    const { connect, metric, report } = await start(echo)
    const client = await connect()
    for (let count = 1; count <= 5; count += 1) {
      client.send(get(`/${count}`))
      expect((await client.until((text) => text.includes(`GET /${count}`))).split('HTTP/1.1 200').length).toBe(count + 1)
    }
    expect(await metric('evenloop_proxy_requests_total', 'lane="link"')).toBe(5)
    expect(report()).toMatchObject({ connections: 1, requests: 5, inFlight: 0 })
  })

  test('ends with the response where the client says Connection: close', async () => {
    const { exchange, loop } = await start(echo)
    expect(parseResponse(await exchange(lastGet('/a'))).headers['connection']).toBe('close')
    expect(loop.requests[0]!.flags & requestFlag.last).toBe(requestFlag.last)
  })

  test('ends where the app closes', async () => {
    const { exchange } = await start((request) => request.answer('bye', { close: true }))
    expect(await exchange(get('/'))).toContain('bye')
  })

  test('a head split at every byte is one request', async () => {
    const bytes = post('/split', 'abc')
    const { connect } = await start(echo)
    const client = await connect()
    for (let at = 1; at < bytes.length; at += 7) {
      client.send(bytes.slice(0, at))
      await new Promise((resolve) => setImmediate(resolve))
      client.send(bytes.slice(at))
      await client.until((text) => text.split('POST /split abc').length > at / 7)
    }
  })

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 200],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', 304],
  ])('a response without a body to %s (%#) does not swallow the next', async (method, head, status) => {
    const { connect } = await start((request) => {
      if (request.head.target !== '/first') return echo(request)
      request.begin(head, { status })
      request.end()
    })
    const client = await connect()
    client.send(`${method} /first HTTP/1.1\r\nHost: a\r\n\r\n${get('/second')}`)
    const answers = answersOf(await client.until((text) => text.includes('GET /second')))
    expect(answers[0]).toBe(head)
    expect(answers).toHaveLength(2)
  })
})

describe('pipelined requests', () => {
  test('are answered in order', async () => {
    const { connect, loop } = await start()
    const client = await connect()
    client.send(post('/1', 'one') + get('/2') + post('/3', 'three'))
    for (let index = 0; index < 3; index += 1) {
      const request = await loop.request(index)
      expect(loop.requests).toHaveLength(index + 1)
      await until('its body', () => request.bodyEnded)
      echo(request)
    }
    const answers = answersOf(await client.until((text) => text.includes('/3')))
    expect(answers.map((answer) => parseResponse(answer).body)).toEqual(['POST /1 one', 'GET /2 ', 'POST /3 three'])
  })

  test('that come while the first waits in the queue are answered in order', async () => {
    const { loop, upstream } = await startFakeLoop()
    loops.push(loop)
    const { connect, report } = await startProxy({ upstreams: [upstream], endpoints: [{ cap: 1 }] })
    const [first, second] = [await connect(), await connect()]
    first.send(get('/held'))
    const held = await loop.request()
    second.send(get('/queued'))
    await until('one in the queue', () => report().queued === 1)
    second.send(get('/behind'))
    held.answer('done')
    for (const index of [1, 2]) echo(await loop.request(index))
    const answers = answersOf(await second.until((text) => text.includes('/behind')))
    expect(answers.map((answer) => parseResponse(answer).body)).toEqual(['GET /queued ', 'GET /behind '])
  })

  test('keep their order when the balancer answers one itself', async () => {
    const { loop, upstream } = await startFakeLoop()
    loops.push(loop)
    const { connect, report } = await startProxy({ upstreams: [upstream], endpoints: [{ cap: 1 }], settings: { limits: { queue: 1 } } })
    const [first, second] = [await connect(), await connect()]
    first.send(get('/1') + get('/2'))
    const held = await loop.request()
    second.send(get('/other'))
    await until('one in the queue', () => report().queued === 1)
    const third = await connect()
    third.send(get('/third'))
    expect(await third.until((text) => text.includes('OVERLOADED'))).toContain('503')
    held.answer('one')
    const answers = await first.until((text) => text.includes('one'))
    expect(answers.startsWith('HTTP/1.1 200')).toBe(true)
    echo(await loop.request(1))
    await second.until((text) => text.includes('/other'))
  })

  test('are not read far ahead of their answers', async () => {
    const { connect, loop } = await start()
    const client = await connect()
    client.socket.write(get('/').repeat(1_000_000))
    await loop.request()
    await until('bytes that are not taken', () => client.socket.writableLength > 0)
    expect(loop.requests).toHaveLength(1)
  })
})

describe('a client that closes its side', () => {
  test('behind its request is answered', async () => {
    const { connect, loop, idle } = await start()
    const client = await connect()
    client.send(get('/1') + get('/2'))
    client.halfClose()
    echo(await loop.request())
    echo(await loop.request(1))
    expect(answersOf(await client.closed())).toHaveLength(2)
    await idle()
  })

  test('in the middle of a head is told so', async () => {
    const { connect } = await start(echo)
    const client = await connect()
    client.send('GET / HTTP/1.1\r\nHost')
    client.halfClose()
    expect(parseResponse(await client.closed()).status).toBe(400)
  })

  test('in the middle of a body is told so, and the loop hears of it', async () => {
    const { connect, loop, idle } = await start()
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    const request = await loop.request()
    await until('what came', () => request.body === 'abc')
    client.halfClose()
    expect(parseResponse(await client.closed()).status).toBe(400)
    await until('the reset', () => request.reset === resetReason.cancelled)
    await idle()
  })

  test('without a request is let go', async () => {
    const { connect, report } = await start(echo)
    const client = await connect()
    client.halfClose()
    expect(await client.closed()).toBe('')
    await until('no connection', () => report().connections === 0)
  })
})

describe('a client that vanishes', () => {
  const moments: [string, string, (request: FakeRequest) => void][] = [
    ['while it waits for the answer', get('/'), () => {}],
    ['in its body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc', () => {}],
    ['in a chunked body', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab', () => {}],
    ['in the response', get('/'), (request) => request.begin('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')],
    ['behind an interim response', get('/'), (request) => request.inform(103, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')],
  ]
  test.each(moments)('%s is given up by the loop, and the next is served', async (_when, bytes, act) => {
    const { connect, loop, idle, report, exchange } = await start()
    const client = await connect()
    client.send(bytes)
    const request = await loop.request()
    act(request)
    client.vanish()
    await until('the reset', () => request.reset === resetReason.cancelled)
    await idle()
    await until('no connection', () => report().connections === 0)
    loop.onRequest = echo
    expect(parseResponse(await exchange(lastGet('/next'))).status).toBe(200)
    expect(loop.requests.at(-1)!.stream).toBe(request.stream)
  })

  test('in the queue is forgotten', async () => {
    const { loop, upstream } = await startFakeLoop()
    const { connect, report, idle } = await startProxy({ upstreams: [upstream], endpoints: [{ cap: 1 }] })
    const [first, second] = [await connect(), await connect()]
    first.send(get('/'))
    const held = await loop.request()
    second.send(get('/'))
    await until('one in the queue', () => report().queued === 1)
    second.vanish()
    await until('none in the queue', () => report().queued === 0)
    held.answer('')
    await idle()
    expect(loop.requests).toHaveLength(1)
  })
})

describe('a drain', () => {
  test('finishes what is under way, says Connection: close, closes the idle and loses nothing', async () => {
    const { connect, loop, proxy } = await start()
    const [busy, idle, next] = [await connect(), await connect(), await connect()]
    busy.send(get('/busy'))
    const held = await loop.request()
    idle.send(get('/idle'))
    echo(await loop.request(1))
    await idle.until((text) => text.includes('/idle'))
    const drained = proxy.drain(10_000)
    // On its way while the drain began.
    next.send(get('/next'))
    const late = await loop.request(2)
    expect(late.flags & requestFlag.last).toBe(requestFlag.last)
    echo(late)
    expect(parseResponse(await next.closed())).toMatchObject({ headers: { connection: 'close' }, body: 'GET /next ' })
    echo(held)
    busy.send(get('/behind'))
    echo(await loop.request(3))
    expect(answersOf(await busy.closed()).map((answer) => parseResponse(answer).headers['connection'])).toEqual(['keep-alive', 'close'])
    await idle.closed()
    await drained
  })
})
