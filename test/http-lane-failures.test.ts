import http from 'node:http'
import net from 'node:net'

import { describe, expect, test } from 'vitest'

import {
  get,
  type InProcessProxy,
  lastGet,
  placeServer,
  post,
  startApp,
  startBytes,
  startProxy,
  signal,
  type SomeSettings,
  type Upstream,
} from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const echo = (): Promise<Upstream> =>
  startApp(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    res.end(`${req.method} ${body}`)
  })

/** An upstream that cuts each connection once a whole header, and this much of a body, has come. */
function cutting(afterBytes = 0, tcp = false, take = false): Promise<Upstream> {
  return placeServer(
    net.createServer((socket) => {
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1')
        const end = received.indexOf('\r\n\r\n')
        if (end === -1 || received.length - end - 4 < afterBytes) return
        if (take) socket.write('HTTP/1.1 102 Processing\r\n\r\n', () => socket.destroy())
        else socket.destroy()
      })
    }),
    { tcp },
  )
}

async function refusing(): Promise<Upstream> {
  const upstream = await placeServer(net.createServer(), { tcp: true })
  await upstream.close()
  return { ...upstream, close: async () => {} }
}

/** With the bad one first: least-request begins with it. */
async function startWith(bad: Upstream, settings: SomeSettings = {}, node = true): Promise<InProcessProxy> {
  return startProxy({ upstreams: [bad, await echo()], settings, endpoints: [{ node }, {}] })
}

const expectFailed = (answer: string): void => {
  expect(parseResponse(answer).status).toBe(502)
  expect(answer).toContain('"error":"LOOP_FAILED"')
}

const close = 'Connection: close'

describe('a request is given to another loop', () => {
  test('when the connection is refused, whatever its method', async () => {
    const { exchange, metric, idle } = await startWith(await refusing(), {}, false)
    expect(parseResponse(await exchange(post('/', 'abc', close))).body).toContain('POST abc')
    expect([await metric('evenloop_proxy_retries_total'), await metric('evenloop_proxy_rescued_total')]).toEqual([1, 1])
    await idle()
  })

  test('when the socket file of a loop has gone, and that loop is not asked again', async () => {
    const gone = await startApp(() => {})
    await gone.close()
    const { exchange, metric, proxy } = await startWith({ ...gone, close: async () => {} })
    for (let count = 0; count < 4; count += 1) expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    expect(await metric('evenloop_proxy_retries_total')).toBe(1)
    // Nobody but a probe can tell when it is there again: a balancer that runs alone has no supervisor.
    expect(proxy.endpoints.all.map(({ state }) => state)).toEqual(['starting', 'ready'])
  })

  test('when a GET is cut before its head', async () => {
    const bad = await cutting()
    const { exchange, metric, idle } = await startWith(bad)
    expect(parseResponse(await exchange(lastGet('/'))).body).toContain('GET ')
    expect([bad.connections(), await metric('evenloop_proxy_retries_total'), await metric('evenloop_proxy_rescued_total')]).toEqual([
      1, 1, 0,
    ])
    await idle()
  })

  test('with its whole body, when a loop of ours had not begun a POST', async () => {
    const { exchange } = await startWith(await cutting(40_000))
    const body = Array.from({ length: 5_000 }, (_, index) => `no. ${index};`).join('')
    expect(parseResponse(await exchange(post('/', body, close))).body).toContain(`POST ${body}`)
  })

  test('with the part of its body that had come, and then the rest', async () => {
    const bad = await cutting(10)
    const { connect } = await startWith(bad)
    const client = await connect()
    client.send('PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 20\r\n\r\n0123456789')
    await until('the first attempt cut', () => bad.connections() === 1 && bad.sockets.size === 0)
    client.send('abcdefghij')
    expect(parseResponse(await client.closed()).body).toContain('PUT 0123456789abcdefghij')
  })
})

describe('a request is answered 502 rather than repeated', () => {
  test('when a loop had begun a POST', async () => {
    const { exchange, metric, idle } = await startWith(await cutting(3, false, true))
    expectFailed(await exchange(post('/', 'abc', close)))
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
    await idle()
  })

  test('when a server that is no loop of ours may have begun a POST', async () => {
    const { exchange } = await startWith(await cutting(3), {}, false)
    expectFailed(await exchange(post('/', 'abc', close)))
  })

  test('when more of its body was sent than is kept', async () => {
    const { exchange } = await startWith(await cutting(5_000), { limits: { replayBytes: 1_000 } })
    expectFailed(await exchange(post('/', 'x'.repeat(5_000), close)))
  })

  test('when the budget is used up', async () => {
    const { exchange, metric } = await startWith(await cutting(), { retry: { budget: 0, reserve: 0 } })
    expectFailed(await exchange(lastGet('/')))
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
  })

  test('when every attempt has failed', async () => {
    const bad = await cutting()
    const { exchange, idle } = await startProxy({ upstreams: [bad], settings: { retry: { attempts: 3 } } })
    expectFailed(await exchange(lastGet('/')))
    expect(bad.connections()).toBe(3)
    await idle()
  })
})

describe('a response that breaks off behind its head is cut for the client, and not repeated', () => {
  const heads = { length: 'Content-Length: 100', chunks: 'Transfer-Encoding: chunked' }
  const part = { length: 'abc', chunks: '3\r\nabc\r\n' }

  test.each([
    ['length', 'end'],
    ['length', 'reset'],
    ['chunks', 'end'],
    ['chunks', 'reset'],
    ['chunks', 'garbage'],
  ] as const)('%s, %s', async (framing, how) => {
    const bad = await startBytes(`HTTP/1.1 200 OK\r\n${heads[framing]}\r\n\r\n${part[framing]}`, (socket) => {
      if (how === 'end') socket.end()
      else if (how === 'garbage') socket.write('garbage\r\n')
      else socket.resetAndDestroy()
    })
    const other = await echo()
    const { exchange, metric, idle } = await startProxy({ upstreams: [bad, other] })
    const answer = await exchange(get('/'))
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*abc/)
    expect(answer).not.toMatch(/\r\n0\r\n/)
    expect(other.connections()).toBe(0)
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
    expect(await metric('evenloop_proxy_errors_total', 'LOOP_FAILED')).toBe(1)
    await idle()
  })

  test('to a client of HTTP/1.0, which could take the end for the whole, by a reset', async () => {
    const bad = await startBytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', (socket) => socket.destroy())
    const { connect } = await startProxy({ upstreams: [bad] })
    const client = await connect()
    const failure = new Promise<NodeJS.ErrnoException>((resolve) => client.socket.on('error', resolve))
    client.send('GET / HTTP/1.0\r\n\r\n')
    expect((await failure).code).toBe('ECONNRESET')
  })

  test('behind another response of the same connection, once that one is sent', async () => {
    const first: http.ServerResponse[] = []
    const app = await startApp((req, res) => {
      if (req.url === '/first') return void first.push(res)
      res.writeHead(200, { 'content-length': 100 })
      res.write('abc', () => req.socket.destroy())
    })
    const { connect, idle, metric } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/first') + get('/second'))
    await until('the cut', async () => first.length === 1 && (await metric('evenloop_proxy_errors_total')) === 1)
    first[0]!.end('whole')
    expect(await client.closed()).toMatch(/\r\n\r\nwhole/)
    await idle()
    expect(await metric('evenloop_proxy_errors_total')).toBe(1)
  })
})

describe('time-outs', () => {
  const expectTimeout = (answer: string): void => {
    expect(parseResponse(answer).status).toBe(504)
    expect(answer).toContain('"error":"LOOP_TIMEOUT"')
  }

  test('no head in time: 504, once counted, and the loop sees the request go', async () => {
    const gone = signal()
    const app = await startApp((_req, res) => void res.on('close', () => gone.resolve()))
    const { exchange, metric, idle } = await startProxy({ upstreams: [app], settings: { timeouts: { response: 150 } } })
    expectTimeout(await exchange(lastGet('/')))
    await gone.promise
    await idle()
    expect(await metric('evenloop_proxy_errors_total')).toBe(1)
  })

  test('a 504 behind another response is counted once', async () => {
    const first: http.ServerResponse[] = []
    const app = await startApp((req, res) => {
      if (req.url !== '/first') return
      res.writeHead(200).write('begun ')
      first.push(res)
    })
    const { connect, metric } = await startProxy({ upstreams: [app], settings: { timeouts: { response: 100 } } })
    const client = await connect()
    client.send(get('/first') + lastGet('/second'))
    await until('the time-out', async () => (await metric('evenloop_proxy_errors_total')) > 0)
    await new Promise((resolve) => setTimeout(resolve, 150))
    first[0]!.end('whole')
    expect(await client.closed()).toMatch(/whole[\s\S]*HTTP\/1\.1 504 /)
    expect(await metric('evenloop_proxy_errors_total')).toBe(1)
  })

  test('a body that stands still at the loop is cut', async () => {
    const app = await startApp((_req, res) => void res.write('abc'))
    const { exchange, metric, idle } = await startProxy({ upstreams: [app], settings: { timeouts: { idle: 150 } } })
    expect(await exchange(get('/'))).toMatch(/abc\r\n$/)
    expect(await metric('evenloop_proxy_errors_total', 'LOOP_TIMEOUT')).toBe(1)
    await idle()
  })

  test('a client that stops reading is cut, and the loop is not blamed', async () => {
    const app = await startApp((_req, res) => res.end(Buffer.alloc(50_000_000)))
    const { connect, metric, idle, proxy } = await startProxy({
      upstreams: [app],
      settings: { timeouts: { idle: 150 }, health: { ejectAfter: 1 } },
    })
    const client = await connect()
    client.socket.pause()
    client.send(get('/'))
    await until('the cut', async () => (await metric('evenloop_proxy_errors_total', 'REQUEST_TIMEOUT')) === 1)
    await idle()
    expect(proxy.endpoints.all[0]!.outlier.isEjected(performance.now())).toBe(false)
  })

  test('a loop that stops reading an upload: 504', async () => {
    const app = await startApp(() => {})
    const { connect, idle } = await startProxy({ upstreams: [app], settings: { timeouts: { idle: 200, body: 5_000 } } })
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n')
    client.send(Buffer.alloc(20_000_000))
    expectTimeout(await client.closed())
    await idle()
  })

  test('the whole takes too long: cut, however it moves', async () => {
    const app = await startApp((req, res) => {
      const timer = setInterval(() => res.write('.'), 20)
      req.socket.on('close', () => clearInterval(timer))
    })
    const { exchange, metric, idle } = await startProxy({ upstreams: [app], settings: { timeouts: { request: 200 } } })
    expect(await exchange(get('/'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(await metric('evenloop_proxy_errors_total', 'LOOP_TIMEOUT')).toBe(1)
    await idle()
  })

  test('a limit of 0 is none', async () => {
    const app = await startApp((req, res) => void req.resume().on('end', () => setTimeout(() => res.end('ok'), 200)))
    const { exchange } = await startProxy({
      upstreams: [app],
      settings: { timeouts: { connect: 0, response: 0, idle: 0, body: 0, queue: 50 } },
    })
    expect(parseResponse(await exchange(post('/', 'abc', close))).status).toBe(200)
  })
})

describe('a client that goes', () => {
  test('while it is queued, leaves the queue', async () => {
    const app = await startApp((req, res) => req.url === '/last' && res.end('ok'))
    const { connect, report, exchange, idle } = await startProxy({ upstreams: [app], endpoints: [{ cap: 1 }] })
    const first = await connect()
    first.send(get('/first'))
    await until('one in flight', () => report().inFlight === 1)
    const second = await connect()
    second.send(get('/second'))
    await until('one queued', () => report().queued === 1)
    second.vanish()
    await until('none queued', () => report().queued === 0)
    first.vanish()
    await idle()
    expect(parseResponse(await exchange(lastGet('/last'))).body).toContain('ok')
  })

  test('while it waits, takes its request away from the loop, which is not blamed', async () => {
    const asked = signal()
    const gone = signal()
    const app = await startApp((_req, res) => {
      asked.resolve()
      res.on('close', () => gone.resolve())
    })
    const { connect, idle, metric } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/'))
    await asked.promise
    client.vanish()
    await gone.promise
    await idle()
    expect(await metric('evenloop_proxy_errors_total')).toBe(0)
    expect(await metric('evenloop_proxy_retries_total')).toBe(0)
  })

  test('in the middle of its upload', async () => {
    const gone = signal()
    const began = signal()
    const app = await startApp((req) => {
      req.on('data', () => began.resolve())
      req.on('error', () => gone.resolve())
    })
    const { connect, idle } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc')
    await began.promise
    client.vanish()
    await gone.promise
    await idle()
  })

  test('in the middle of its download', async () => {
    const gone = signal()
    const app = await startApp((_req, res) => {
      res.write('abc')
      res.on('close', () => gone.resolve())
    })
    const { connect, idle } = await startProxy({ upstreams: [app] })
    const client = await connect()
    client.send(get('/'))
    await client.until((text) => text.includes('abc'))
    client.vanish()
    await gone.promise
    await idle()
  })
})
