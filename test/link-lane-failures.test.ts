import { randomBytes } from 'node:crypto'

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'

import { frameType, resetReason } from '../link/frame.ts'
import { greeting, preface } from '../link/greeting.ts'
import { type FakeLoop, type FakeRequest, type PlacedLoop, startFakeLoop } from './support/fake-loop.ts'
import { get, type InProcessProxy, lastGet, post, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const close = 'Connection: close'
const loops: FakeLoop[] = []

const echo = (request: FakeRequest): void => {
  if (request.bodyEnded) request.answer(`${request.head.method} ${request.body}`)
}

async function place(onRequest?: (request: FakeRequest) => void): Promise<PlacedLoop> {
  const placed = await startFakeLoop(onRequest === undefined ? {} : { onRequest })
  if (onRequest === echo) placed.loop.onBody = echo
  loops.push(placed.loop)
  return placed
}

/** A loop that the test holds in its hand, asked first, and one that answers. */
async function startTwo(settings: SomeSettings = {}): Promise<InProcessProxy & { bad: FakeLoop; good: FakeLoop }> {
  const [bad, good] = [await place(), await place(echo)]
  const proxy = await startProxy({ upstreams: [bad.upstream, good.upstream], settings })
  await until('both links', () => bad.loop.links.length === 1 && good.loop.links.length === 1)
  return { bad: bad.loop, good: good.loop, ...proxy }
}

const cut = (request: FakeRequest): void => void request.link.socket.destroy()

const expectFailed = (answer: string): void => {
  expect(parseResponse(answer).status).toBe(502)
  expect(answer).toContain('"error":"LOOP_FAILED"')
}

afterEach(() => {
  expect(loops.splice(0).flatMap((loop) => loop.breaches)).toEqual([])
})

describe('when a link breaks', () => {
  test('a POST that the loop had not taken is answered by another, whatever was sent of its body', async () => {
    const { bad, exchange, metric, idle } = await startTwo()
    bad.onBody = (request) => {
      if (request.bodyEnded) cut(request)
    }
    expect(parseResponse(await exchange(post('/', 'abc', close))).body).toBe('POST abc')
    expect([await metric('evenloop_proxy_retries_total'), await metric('evenloop_proxy_rescued_total')]).toEqual([1, 1])
    await idle()
  })

  test.each([60_000, 400_000])('the same with a body of %i bytes that is kept whole', async (size) => {
    const { bad, good, exchange } = await startTwo({ limits: { replayBytes: 1_048_576 } })
    const body = Array.from({ length: size / 10 }, (_, index) => String(index).padStart(10)).join('')
    // The first sends credit and breaks when it has nearly all; a PUT may be sent again even where it was taken.
    bad.onRequest = (request) => request.taken()
    bad.onBody = (request) => {
      request.grant()
      if (request.bodyBytes > size - 20_000) cut(request)
    }
    good.onRequest = (request) => request.taken()
    good.onBody = (request) => {
      if (request.bodyEnded) return echo(request)
      request.grant()
    }
    const put = post('/', body, close).replace('POST', 'PUT')
    expect(parseResponse(await exchange(put)).body === `PUT ${body}`).toBe(true)
  })

  test('a PUT that was too large to be kept is answered 502', async () => {
    const { bad, exchange } = await startTwo({ limits: { replayBytes: 1_000 } })
    bad.onRequest = (request) => request.taken()
    bad.onBody = (request) => {
      if (request.bodyBytes > 5_000) cut(request)
    }
    expectFailed(await exchange(post('/', 'x'.repeat(50_000), close).replace('POST', 'PUT')))
  })

  test('a chunked body with trailers arrives whole at the second loop', async () => {
    const { bad, good, exchange } = await startTwo()
    bad.onRequest = cut
    good.onRequest = good.onBody = undefined
    const answer = exchange(
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n',
    )
    const request = await good.request()
    await until('the body', () => request.bodyEnded)
    expect([request.body, request.trailers]).toEqual(['abcde', ['X-Sum', '1']])
    request.answer('')
    await answer
  })

  test('a POST that was taken is answered 502', async () => {
    const { bad, exchange, metric, idle } = await startTwo()
    bad.onRequest = (request) => {
      request.taken()
      request.link.outbox.whenSent(() => cut(request))
    }
    expectFailed(await exchange(post('/', 'abc', close)))
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
    expect(await metric('evenloop_proxy_errors_total', 'code="LOOP_FAILED"')).toBe(1)
    await idle()
  })

  test('a GET is given to another loop, and the budget is asked', async () => {
    const { bad, exchange, metric } = await startTwo({ retry: { budget: 0, reserve: 1 } })
    bad.onRequest = cut
    expect(parseResponse(await exchange(lastGet('/'))).body).toBe('GET ')
    expect([await metric('evenloop_proxy_retries_total'), await metric('evenloop_proxy_rescued_total')]).toEqual([1, 0])
    await until('the link again', () => bad.links.length === 2)
    const answers = [await exchange(lastGet('/')), await exchange(lastGet('/'))]
    expect(answers.map((answer) => parseResponse(answer).status).sort()).toEqual([200, 502])
  })

  test('a request is tried on no more loops than allowed', async () => {
    const placed = [await place(cut), await place(cut), await place(cut)]
    const { exchange } = await startProxy({ upstreams: placed.map(({ upstream }) => upstream), settings: { retry: { attempts: 2 } } })
    await until('all links', () => placed.every(({ loop }) => loop.links.length > 0))
    expectFailed(await exchange(lastGet('/')))
    expect(placed.reduce((sum, { loop }) => sum + loop.requests.length, 0)).toBe(2)
  })

  test.each([
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', false],
    ['with a length', 'Content-Length: 10\r\n\r\nabc', false],
    ['that ends with the connection', 'Connection: close\r\n\r\nabc', true],
  ])('a response %s that had begun is cut, so that the client sees it', async (_kind, rest, closes) => {
    const { bad, connect, idle, metric } = await startTwo()
    const client = await connect()
    let reset = false
    client.socket.on('error', (error: NodeJS.ErrnoException) => (reset = error.code === 'ECONNRESET'))
    client.send(get('/'))
    const request = await bad.request()
    request.begin(`HTTP/1.1 200 OK\r\n${rest}`, { close: closes })
    await client.until((text) => text.endsWith(rest))
    cut(request)
    await client.closed()
    if (closes) await until('a reset', () => reset)
    expect(await metric('evenloop_proxy_errors_total', 'code="LOOP_FAILED"')).toBe(1)
    await idle()
  })

  test('the only one, requests wait until it is made again, and none is lost', async () => {
    const { loop, upstream } = await place()
    const { connect } = await startProxy({ upstreams: [upstream] })
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect()))
    for (const client of clients) client.send(post('/', 'abc'))
    await until('all of them', () => loop.requests.length === 10)
    loop.onRequest = loop.onBody = echo
    loop.link.socket.destroy()
    for (const client of clients) expect(parseResponse(await client.until((text) => text.includes('abc'))).status).toBe(200)
    expect(loop.links).toHaveLength(2)
  })
})

describe('a loop that gives a request up', () => {
  test('because its app destroyed the connection is not followed by another', async () => {
    const { bad, exchange, metric } = await startTwo()
    bad.onRequest = (request) => request.destroy()
    expectFailed(await exchange(lastGet('/')))
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
  })

  test.each([
    ['nothing', ''],
    ['a response', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('by a switch of protocols that nobody asked for is answered for: %s behind it', async (_, more) => {
    const { bad, connect, idle } = await startTwo()
    bad.onRequest = (request) => {
      request.inform(101, 'HTTP/1.1 101 Switching Protocols\r\nConnection: keep-alive\r\n\r\n')
      if (more !== '') request.begin(more)
      request.end()
    }
    const client = await connect()
    client.send(get('/'))
    await client.until((text) => text.endsWith('}'))
    bad.onRequest = (request) => request.answer('next')
    client.send(lastGet('/'))
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 502 (?:(?!HTTP\/)[^])*"LOOP_FAILED"(?:(?!HTTP\/)[^])*HTTP\/1\.1 200 /)
    await idle()
  })

  test('because it takes nothing more is followed by another', async () => {
    const { bad, exchange } = await startTwo()
    bad.onRequest = (request) => request.destroy(resetReason.refused)
    expect(parseResponse(await exchange(post('/', 'abc', close))).body).toBe('POST abc')
  })

  test('in the middle of its response cuts it, and the link goes on', async () => {
    const { loop, upstream } = await place()
    const { connect, exchange } = await startProxy({ upstreams: [upstream] })
    const client = await connect()
    client.send(get('/'))
    const request = await loop.request()
    request.begin('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
    request.destroy()
    expect(await client.closed()).toMatch(/abc$/)
    loop.onRequest = echo
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    expect(loop.links).toHaveLength(1)
  })

  test.each([get('/'), 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'])(
    'without a word is answered 502 (%#)',
    async (bytes) => {
      const { loop, upstream } = await place()
      const { connect, exchange } = await startProxy({ upstreams: [upstream] })
      const client = await connect()
      client.send(bytes)
      const request = await loop.request()
      request.end('', true)
      expect(await client.until((text) => text.includes('LOOP_FAILED'))).toContain('502')
      loop.onRequest = echo
      for (let count = 0; count < 3; count += 1) expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    },
  )
})

describe('what is no frame of a loop', () => {
  const frame = (type: number, stream: number, payload = Buffer.alloc(0), flags = 0, aux = 0): Buffer => {
    const bytes = Buffer.alloc(12 + payload.length)
    bytes.writeUInt32LE(payload.length, 0)
    bytes.writeUInt8(type, 4)
    bytes.writeUInt8(flags, 5)
    bytes.writeUInt16LE(aux, 6)
    bytes.writeUInt32LE(stream, 8)
    payload.copy(bytes, 12)
    return bytes
  }
  const corrupt: [string, Buffer][] = [
    ['an unknown type', frame(99, 0)],
    ['a frame of a balancer', frame(frameType.request, 1, Buffer.alloc(20))],
    ['a handshake', frame(frameType.hello, 0)],
    ['a payload beyond all bounds', Buffer.from('ffffffff11000000ffffffff', 'hex')],
    ['data of a stream that was never opened', frame(frameType.data, 77, Buffer.from('x'))],
    ['data of no stream', frame(frameType.data, 0, Buffer.from('x'))],
    ['a reset of a stream that was never opened', frame(frameType.reset, 77)],
    ['a beat that is too short', frame(frameType.beat, 0, Buffer.alloc(3))],
    ['a window without its number', frame(frameType.window, 1, Buffer.alloc(2))],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ]
  test.each(corrupt)('%s: the link is made again, and only what was on it is lost', async (_what, bytes) => {
    const { bad, good, connect, exchange, idle } = await startTwo()
    const [onBad, onGood] = [await connect(), await connect()]
    good.onRequest = good.onBody = undefined
    onBad.send(post('/', 'abc'))
    const lost = await bad.request()
    lost.taken()
    onGood.send(get('/'))
    const kept = await good.request()
    bad.link.raw(bytes)
    expect(await onBad.until((text) => text.includes('LOOP_FAILED'))).toContain('502')
    kept.answer('kept')
    await onGood.until((text) => text.includes('kept'))
    await until('a new link', () => bad.links.length === 2)
    bad.onRequest = bad.onBody = good.onRequest = good.onBody = echo
    for (let count = 0; count < 4; count += 1) expect(parseResponse(await exchange(post('/', 'x', close))).body).toBe('POST x')
    await idle()
  })

  test('more of a response than the balancer gave credit for: the same', async () => {
    const { loop, upstream } = await place()
    const { connect, exchange } = await startProxy({ upstreams: [upstream] })
    const client = await connect()
    client.socket.pause()
    client.send(get('/'))
    const request = await loop.request()
    request.begin(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 30}\r\n\r\n`)
    // More than the systems on the way hold for a client that does not read.
    for (let count = 0; count < 64; count += 1) request.say(Buffer.alloc(1_048_576))
    await until('a new link', () => loop.links.length === 2)
    client.vanish()
    loop.onRequest = echo
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
  })

  test('whatever bytes come, requests behind it are served', { timeout: 40_000 }, async () => {
    const { loop, upstream } = await place()
    const { connect, exchange, idle } = await startProxy({ upstreams: [upstream], settings: { retry: { attempts: 1 } } })
    const kinds = Object.values(frameType)
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 15 }))
        .map(([type, stream, payload, flags]) => frame(type, stream, Buffer.from(payload), flags, 200)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
        loop.onRequest = loop.onBody = undefined
        const before = loop.requests.length
        const client = await connect()
        client.send(get('/'))
        const { link } = await loop.request(before)
        link.raw(Buffer.concat(pieces))
        link.socket.end()
        // It may have been an answer; if it was none, the client is told or cut off.
        await until('the link gone', () => link.socket.destroyed)
        await until('an end of it', async () => client.received() !== '' || client.ended())
        client.vanish()
        await idle()
        loop.onRequest = echo
        expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
      }),
      { numRuns: 15 },
    )
  })
})

describe('a loop that makes no link', () => {
  test('of another version is served over HTTP, and a link is made as soon as it speaks ours', async () => {
    const { loop, upstream } = await place(echo)
    loop.onHandshake = (socket) => {
      socket.write(Buffer.concat([preface.subarray(0, 7), Buffer.of(9)]))
      socket.end(greeting(frameType.refuse, { code: 'version', message: 'another version' }))
      return true
    }
    const { exchange, connect, metric } = await startProxy({ upstreams: [upstream] })
    expect(parseResponse(await exchange(lastGet('/'))).body).toContain('http')
    const client = await connect()
    client.send(get('/') + get('/'))
    await client.until((text) => text.split('200 OK').length === 3)
    expect(await metric('evenloop_proxy_requests_total', 'lane="http"')).toBe(3)
    expect(await metric('evenloop_proxy_requests_total', 'lane="link"')).toBe(0)
  })

  test.each([
    ['says nothing', undefined],
    ['says nonsense', randomBytes(64)],
    ['is cut in its handshake', Buffer.alloc(0)],
  ])('and %s is asked again', async (_how, bytes) => {
    const { loop, upstream } = await place(echo)
    let asked = 0
    loop.onHandshake = (socket) => {
      asked += 1
      if (asked > 1) return false
      if (bytes?.length === 0) socket.destroy()
      else if (bytes !== undefined) socket.end(bytes)
      return true
    }
    const { exchange } = await startProxy({ upstreams: [upstream], settings: { timeouts: { connect: 100 } } })
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
  })

  test('breaks each at once is not asked without a pause', async () => {
    const { loop, upstream } = await place()
    const { proxy } = await startProxy({ upstreams: [upstream] })
    const seen = new Set<unknown>()
    const times: number[] = []
    const watch = setInterval(() => {
      for (const link of loop.links) {
        if (seen.has(link)) continue
        seen.add(link)
        times.push(performance.now())
        link.socket.destroy()
      }
    }, 1)
    await until('some links', () => times.length >= 6)
    clearInterval(watch)
    // 0, 20, 40, 80 and 160 milliseconds at the least.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(200)
    expect(proxy.endpoints.all).toHaveLength(1)
  })
})
