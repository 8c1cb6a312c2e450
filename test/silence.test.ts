import { afterEach, expect, test } from 'vitest'

import { requestFlag, resetReason } from '../link/frame.ts'
import { type FakeLoop, startFakeLoop } from './support/fake-loop.ts'
import { get, type InProcessProxy, post, type SomeSettings, startProxy } from './support/in-process-proxy.ts'
import { parseResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const close = 'Connection: close'
const loops: FakeLoop[] = []

/** A loop that never beats nor answers, asked first, and one that answers at once. */
async function startTwo(settings: SomeSettings = {}): Promise<InProcessProxy & { silent: FakeLoop; other: FakeLoop }> {
  const silent = await startFakeLoop()
  const other = await startFakeLoop({ onRequest: (request) => (request.bodyEnded ? request.answer(request.head.method) : undefined) })
  other.loop.onBody = (request) => (request.bodyEnded ? request.answer(`${request.head.method} ${request.body}`) : undefined)
  loops.push(silent.loop, other.loop)
  const proxy = await startProxy({ upstreams: [silent.upstream, other.upstream], settings })
  await until('both links', () => silent.loop.links.length === 1 && other.loop.links.length === 1)
  return { silent: silent.loop, other: other.loop, ...proxy }
}

const put = (body: string): string => post('/', body, close).replace('POST', 'PUT')

afterEach(() => {
  expect(loops.splice(0).flatMap((loop) => loop.breaches)).toEqual([])
})

test('a silent loop gets nothing new, is counted once, and gets its share when it is heard again', async () => {
  const { silent, other, proxy, exchange, metric } = await startTwo()
  const held = exchange(get('/', close))
  await silent.request()
  await until('silence', () => proxy.endpoints.all[0]!.blocked)
  for (let count = 0; count < 6; count += 1) await exchange(get('/', close))
  expect([silent.requests.length, other.requests.length]).toEqual([1, 6])
  expect(await metric('evenloop_proxy_silences_total')).toBe(1)
  silent.requests[0]!.answer('at last')
  expect(parseResponse(await held).body).toBe('at last')
  silent.onRequest = (request) => request.answer('again')
  for (let count = 0; count < 4; count += 1) await exchange(get('/', close))
  expect(silent.requests.length).toBe(3)
})

test('what it has not begun goes to another loop, once, and it is told so', async () => {
  const { silent, exchange, metric, idle } = await startTwo()
  expect(parseResponse(await exchange(put('abc'))).body).toBe('PUT abc')
  const [left] = silent.requests
  await until('the reset', () => left!.reset === resetReason.cancelled)
  expect([await metric('evenloop_proxy_retries_total'), await metric('evenloop_proxy_rescued_total')]).toEqual([1, 1])
  expect(await metric('evenloop_proxy_requests_total')).toBe(1)
  await idle()
})

test.each([
  ['has begun', (loop: FakeLoop) => (loop.onRequest = (request) => request.taken()), put('abc')],
  ['must not be repeated', () => undefined, post('/', 'abc', close)],
  ['may have begun', () => undefined, get('/', close)],
])('what it %s stays there', async (_, prepare, request) => {
  const { silent, other, proxy, exchange, idle } = await startTwo()
  prepare(silent)
  const answer = exchange(request)
  const held = await silent.request()
  await until('silence', () => proxy.endpoints.all[0]!.blocked)
  expect([held.reset, other.requests.length]).toEqual([undefined, 0])
  held.answer('late')
  expect(parseResponse(await answer).body).toBe('late')
  await idle()
})

test('a route that is known to block is not moved: it would block the next loop too', async () => {
  const { silent, other, proxy, exchange } = await startTwo({ routes: { '/': 'blocking' } })
  const answer = exchange(put('abc'))
  const held = await silent.request()
  await until('silence', () => proxy.endpoints.all[0]!.blocked)
  expect([held.reset, other.requests.length]).toEqual([undefined, 0])
  held.answer('late')
  expect(parseResponse(await answer).body).toBe('late')
})

test('a loop that is late is asked to say when it begins, also for what may be repeated', async () => {
  const { silent, proxy, exchange } = await startTwo()
  proxy.endpoints.all[1]!.state = 'draining'
  proxy.endpoints.refresh()
  const answers = [exchange(get('/', close))]
  await silent.request()
  await until('silence', () => proxy.endpoints.all[0]!.blocked)
  // With nobody else to serve it is given more all the same.
  answers.push(exchange(get('/', close)))
  await silent.request(1)
  expect(silent.requests.map(({ flags }) => (flags & requestFlag.askTaken) !== 0)).toEqual([false, true])
  for (const request of silent.requests) request.answer('ok')
  expect((await Promise.all(answers)).map((answer) => parseResponse(answer).status)).toEqual([200, 200])
})

test('with nobody to go to requests stay', async () => {
  const { silent, proxy, exchange, metric } = await startTwo()
  proxy.endpoints.all[1]!.state = 'draining'
  proxy.endpoints.refresh()
  const answer = exchange(put('abc'))
  const held = await silent.request()
  await until('silence', () => proxy.endpoints.all[0]!.blocked)
  expect([held.reset, await metric('evenloop_proxy_retries_total')]).toEqual([undefined, 0])
  held.answer('late')
  expect(parseResponse(await answer).body).toBe('late')
})
