import { expect, test } from 'vitest'

import { initialWindow } from '../link/frame.ts'
import { type FakeLoop, startFakeLoop } from './support/fake-loop.ts'
import { Flow, pattern, settled } from './support/flow.ts'
import { get, type InProcessProxy, lastGet, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const mebibyte = 1_048_576

async function start(settings: SomeSettings = {}): Promise<InProcessProxy & { loop: FakeLoop }> {
  const { loop, upstream } = await startFakeLoop()
  return { loop, ...(await startProxy({ upstreams: [upstream], settings })) }
}

test(
  'a response that nobody reads stops at the window, in bounded memory; others on the same link go on',
  { timeout: 40_000 },
  async () => {
    const { loop, connect, exchange, idle } = await start({ limits: { connections: 2_000 } })
    const count = 1_000
    const flows: Flow[] = []
    loop.onRequest = (request) => {
      if (request.head.target === '/') request.answer('')
      else flows.push(new Flow(request, 10 * mebibyte))
    }
    const before = process.memoryUsage()
    const clients = await Promise.all(Array.from({ length: count }, () => connect()))
    for (const client of clients) {
      client.socket.pause()
      client.send(get('/slow'))
    }
    await until('all of them', () => flows.length === count)
    await settled(() => flows.reduce((sum, { sent }) => sum + sent, 0))
    const after = process.memoryUsage()
    const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
    // A window each, twice for the copies of what waits, what the sockets of both ends in this process take, and garbage not yet collected.
    expect(grown).toBeLessThan(count * 3.25 * initialWindow)
    expect(flows.some(({ sent }) => sent < 10 * mebibyte)).toBe(true)
    expect(parseResponse(await exchange(lastGet('/'))).status).toBe(200)
    for (const client of clients) client.vanish()
    await idle()
  },
)

test('1 GiB up and 1 GiB down pass in bounded memory', { timeout: 40_000 }, async () => {
  const { loop, connect } = await start()
  const size = 1_024 * mebibyte
  const before = process.memoryUsage.rss()
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)
  const up = await connect()
  up.send(`PUT /up HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`)
  const upload = await loop.request()
  upload.taken()
  loop.onBody = (request) => {
    if (request.window < initialWindow / 2 && !request.bodyEnded) request.grant()
  }
  let left = 1_024
  const more = (): void => {
    while (left-- > 0) if (!up.socket.write(pattern)) return
  }
  up.socket.on('drain', more)
  more()
  await until('all of it', () => upload.bodyEnded, 35_000)
  expect(upload.bodyBytes).toBe(size)
  upload.answer('up')
  await up.until((text) => text.endsWith('up'))
  const down = await connect()
  let received = 0
  down.socket.removeAllListeners('data')
  down.socket.on('data', (text: string) => (received += text.length))
  down.send(get('/down'))
  const flow = new Flow(await loop.request(1), size)
  await until('all of it', () => flow.sent === size && received > size, 35_000)
  clearInterval(watch)
  expect(peak - before).toBeLessThan(200 * mebibyte)
})
