import { afterEach, describe, expect, test } from 'vitest'

import { initialWindow } from '../link/frame.ts'
import { type FakeLoop, type FakeRequest, startFakeLoop } from './support/fake-loop.ts'
import { Flow, pattern, settled } from './support/flow.ts'
import { get, type InProcessProxy, lastGet, post, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse, type RawClient } from './support/raw.ts'
import { until } from './support/wait.ts'

const mebibyte = 1_048_576
const loops: FakeLoop[] = []

async function start(settings: SomeSettings = {}): Promise<InProcessProxy & { loop: FakeLoop }> {
  const { loop, upstream } = await startFakeLoop()
  loops.push(loop)
  return { loop, ...(await startProxy({ upstreams: [upstream], settings })) }
}

afterEach(() => {
  expect(loops.splice(0).flatMap((loop) => loop.breaches)).toEqual([])
})

const echo = (request: FakeRequest): void => {
  if (request.bodyEnded) request.answer(`${request.head.method} ${request.body}`)
}

/** Reads at its own pace and compares. */
class SlowReader {
  received = 0
  wrong = 0
  head = ''
  #afterHead = false

  constructor(client: RawClient) {
    const { socket } = client
    socket.removeAllListeners('data')
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(Buffer.from(text, 'latin1')))
  }

  #take(bytes: Buffer): void {
    let at = 0
    if (!this.#afterHead) {
      this.head += bytes.toString('latin1')
      const end = this.head.indexOf('\r\n\r\n')
      if (end === -1) return
      this.#afterHead = true
      at = bytes.length - (this.head.length - end - 4)
    }
    for (; at < bytes.length; at += 1) {
      if (bytes[at] !== pattern[this.received % pattern.length]) this.wrong += 1
      this.received += 1
    }
  }
}

describe('a request body', () => {
  test.each([
    ['with a length', post('/', 'abcdef')],
    ['in chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\n\r\n'],
  ])('%s arrives whole, however it is split', async (_how, bytes) => {
    const { loop, connect } = await start()
    loop.onRequest = loop.onBody = echo
    const client = await connect()
    for (let at = 1; at < bytes.length; at += 1) {
      client.send(bytes.slice(0, at))
      await new Promise((resolve) => setImmediate(resolve))
      client.send(bytes.slice(at))
      await client.until((text) => text.split('POST abcdef').length === at + 1)
    }
  })

  test('brings its trailers', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nHost: b\r\n\r\n',
    )
    const request = await loop.request()
    await until('its end', () => request.bodyEnded)
    expect(request.trailers).toEqual(['X-Sum', '1'])
  })

  test('that the loop does not read stops its client only', async () => {
    const { loop, connect, exchange } = await start()
    const client = await connect()
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${100 * mebibyte}\r\n\r\n`)
    const request = await loop.request()
    request.taken()
    const piece = Buffer.alloc(mebibyte)
    let sent = 0
    const more = (): void => {
      while (sent < 100 && client.socket.write(piece, () => void 0)) sent += 1
    }
    client.socket.on('drain', more)
    more()
    expect(await settled(() => request.bodyBytes)).toBe(initialWindow)
    expect(client.socket.writableLength).toBeGreaterThan(0)
    loop.onRequest = echo
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    request.grant()
    expect(await settled(() => request.bodyBytes)).toBe(2 * initialWindow)
  })

  test('goes on when the response is over, and the connection with it', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc')
    const request = await loop.request()
    request.answer('early')
    await client.until((text) => text.includes('early'))
    client.send(`def${get('/next')}`)
    echo(await loop.request(1))
    expect(request.body).toBe('abcdef')
    await client.until((text) => text.endsWith('GET '))
  })
})

describe('Expect: 100-continue', () => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n'

  test('is answered by the loop, and then the body comes', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send(head)
    const request = await loop.request()
    expect(client.received()).toBe('')
    request.inform(100, 'HTTP/1.1 100 Continue\r\n\r\n')
    await client.until((text) => text.includes('100 Continue'))
    client.send('abc')
    await until('the body', () => request.bodyEnded)
    echo(request)
    client.send(get('/next'))
    echo(await loop.request(1))
    expect(await client.until((text) => text.endsWith('GET '))).toContain('POST abc')
  })

  test('that is refused ends the connection: nobody knows whether the body follows', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send(head)
    const request = await loop.request()
    request.answer('no', { status: 417 })
    expect(await client.closed()).toContain('417')
    await until('the reset', () => request.reset !== undefined)
  })

  test('is not answered 100 to a client that did not ask, also where it comes in two parts', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send(get('/'))
    const request = await loop.request()
    request.inform(103, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    const text = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')
    const frame = Buffer.alloc(12)
    frame.writeUInt32LE(text.length, 0)
    frame.set([17, 8, 100, 0], 4)
    frame.writeUInt32LE(request.stream, 8)
    request.link.raw(Buffer.concat([frame, text.subarray(0, 9)]))
    await client.until((received) => received.includes('103'))
    await new Promise((resolve) => setImmediate(resolve))
    request.link.raw(text.subarray(9))
    request.answer('ok')
    const received = await client.until((all) => all.endsWith('ok'))
    expect(received.match(/HTTP\/1\.1 \d+|Continue/g)).toEqual(['HTTP/1.1 103', 'HTTP/1.1 200'])
  })
})

describe('a response', () => {
  test.each([false, true])(
    'to a client that reads slowly arrives whole and as it was sent; connection ends: %s',
    { timeout: 30_000 },
    async (close) => {
      const { loop, connect, exchange } = await start()
      const size = 12 * mebibyte + 12_345
      const client = await connect()
      const reader = new SlowReader(client)
      client.send(close ? lastGet('/') : get('/'))
      const flow = new Flow(await loop.request(), size, close)
      loop.onRequest = echo
      while (reader.received < size) {
        client.socket.pause()
        await settled(() => flow.sent)
        // Others use the link, and its buffers, meanwhile.
        expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
        client.socket.resume()
        const before = reader.received
        await until('some more', () => reader.received >= Math.min(size, before + 4 * mebibyte))
      }
      expect([reader.received, reader.wrong]).toEqual([size, 0])
      if (close) await client.closed()
    },
  )

  test('that is not taken is not followed by the next of the same client', async () => {
    const { loop, connect, exchange } = await start()
    const client = await connect()
    client.socket.pause()
    const body = 'x'.repeat(100_000)
    loop.onRequest = (request) => request.answer(request.head.target === '/' ? '' : body)
    client.send(get('/large').repeat(2_000))
    const served = await settled(() => loop.requests.length)
    expect(served).toBeLessThan(500)
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    let received = 0
    client.socket.removeAllListeners('data')
    client.socket.on('data', (text: string) => (received += text.length))
    client.socket.resume()
    await until('all of them', () => loop.requests.length === 2_001 && received > 2_000 * body.length)
  })

  test('has its interim responses credited too', async () => {
    const { loop, connect } = await start()
    const client = await connect()
    client.send(get('/'))
    const request = await loop.request()
    const hint = `HTTP/1.1 103 Early Hints\r\nLink: <${'x'.repeat(1_000)}>\r\n\r\n`
    for (let count = 0; count < 100; count += 1) request.inform(103, hint)
    await until('credit', () => request.credit > initialWindow / 2 - hint.length)
    request.answer('ok')
    await client.until((text) => text.endsWith('ok'))
  })

  test('bears the cookie of a sticky policy once, wherever its first line is split', async () => {
    const { loop, connect } = await start({ policy: 'rendezvous' })
    const text = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    for (let at = 0; at < text.length; at += 1) {
      const client = await connect()
      client.send(get('/'))
      const request = await loop.request(at)
      request.over = true
      const frame = Buffer.alloc(12)
      frame.writeUInt32LE(text.length, 0)
      frame.set([17, 3, 200, 0], 4)
      frame.writeUInt32LE(request.stream, 8)
      request.link.raw(Buffer.concat([frame, text.subarray(0, at)]))
      await new Promise((resolve) => setImmediate(resolve))
      request.link.raw(text.subarray(at))
      const answer = await client.until((received) => received.endsWith('ok'))
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nSet-Cookie: evenloop=[^\r]+\r\nContent-Length: 2\r\n\r\nok$/)
    }
  })
})
