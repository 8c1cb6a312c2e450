import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { exchange, startLoop } from './support/loop-process.ts'
import { until } from './support/wait.ts'

const probe = { method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } }

test('the loop answers the probe itself, ready once the app is', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  expect(await loop.request(probe)).toMatchObject({ status: 200, text: 'ready' })
  // Without the balancer's header it is a request like any other.
  expect((await loop.request({ method: 'OPTIONS', path: '*' })).text).not.toBe('ready')
})

test('a taken request is told by 102 before it is answered, and the app never sees the balancer’s headers', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const headers = { 'content-type': 'application/json', 'Evenloop-Taken': '1', 'evenloop-other': 'x', 'x-last': 'kept' }
  const answer = await loop.request({ method: 'POST', path: '/', headers }, '{"a":1}')
  expect(answer.informed).toEqual([102])
  expect(answer.status).toBe(200)
  const seen = JSON.parse(answer.text) as { headers: object; distinct: object; raw: string[]; body: unknown }
  expect(seen.body).toEqual({ a: 1 })
  expect(JSON.stringify([seen.headers, seen.distinct, seen.raw]).toLowerCase()).not.toContain('evenloop')
  expect(seen.headers).toMatchObject({ 'x-last': 'kept', 'content-type': 'application/json' })
  expect(seen.distinct).toMatchObject({ 'x-last': ['kept'] })
  expect(seen.raw.slice(0, 2)).toEqual(['content-type', 'application/json'])
})

test('102 and 100 reach a client that waits for both', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const wire = exchange(
    loop.socketPath,
    'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nevenloop-taken: 1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n',
  )
  await until('102', () => wire.received().includes('HTTP/1.1 102'))
  expect(wire.received()).toContain('HTTP/1.1 100 Continue')
  wire.socket.write('{}')
  await until('the answer', () => wire.received().includes('HTTP/1.1 200'))
  wire.socket.destroy()
})

test('believes the nearest hop and trusted proxies about the client address, no one else', async () => {
  const forwarded = { 'x-forwarded-for': '6.6.6.6, 10.1.2.3, 192.0.2.7' }
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  expect(JSON.parse((await loop.request({ path: '/', headers: forwarded })).text)).toMatchObject({ ip: '192.0.2.7' })
  const trusting = startLoop('plugin-esm.mjs', { settings: { trustedProxies: ['192.0.2.0/24'] } })
  await trusting.ready()
  expect(JSON.parse((await trusting.request({ path: '/', headers: forwarded })).text)).toMatchObject({ ip: '10.1.2.3' })
})

test('keeps an idle connection, also where the app set a short keep-alive time', async () => {
  const loop = startLoop('program-main.cjs')
  await loop.ready()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const first = await loop.request({ path: '/', agent })
  expect(first.headers.connection).toBe('keep-alive')
  const [socket] = Object.values(agent.freeSockets).flat()
  // Longer than the one millisecond that the app asked for, and the second that Node adds to it.
  await delay(2_200)
  expect(socket!.destroyed).toBe(false)
  agent.destroy()
})

test('takes a header that is larger than Node’s own limit: the balancer decides', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const answer = await loop.request({ path: '/', headers: { 'x-large': 'a'.repeat(60_000) } })
  expect(answer.status).toBe(200)
})
