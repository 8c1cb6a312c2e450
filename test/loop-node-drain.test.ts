import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

import { expect, test } from 'vitest'
import WebSocket from 'ws'

import { exchange, startLoop } from './support/loop-process.ts'
import { until } from './support/wait.ts'

test('finishes a request in flight, runs onClose, removes its socket file and exits 0', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const slow = loop.request({ path: '/slow' })
  await until('the request to begin', () => loop.output().includes('slow begun'))
  loop.order({ type: 'drain', limitMs: 5000 })
  expect(JSON.parse((await slow).text)).toEqual({ slow: 'done' })
  expect(await loop.ended()).toBe(0)
  expect(loop.output()).toContain('onClose ran')
  expect(existsSync(loop.socketPath)).toBe(false)
})

test('a keep-alive connection whose response began before the drain does not hold it up', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const idle = exchange(loop.socketPath, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const never = exchange(loop.socketPath, '')
  await until('the answer', () => idle.received().includes('200 OK'))
  loop.order({ type: 'drain', limitMs: 600_000 })
  expect(await loop.ended()).toBe(0)
  expect(never.received()).toBe('')
})

test('WebSocket clients are told 1001, going away', async () => {
  const loop = startLoop('web-socket.mjs')
  await loop.ready()
  const client = new WebSocket(`ws+unix:${loop.socketPath}:/ws`)
  const echoed = new Promise((resolve) => client.once('message', (data) => resolve(String(data))))
  client.once('open', () => client.send('hello'))
  expect(await echoed).toBe('hello')
  const closed = new Promise((resolve) => client.once('close', resolve))
  loop.order({ type: 'drain', limitMs: 5000 })
  expect(await closed).toBe(1001)
  expect(await loop.ended()).toBe(0)
})

test('what is open at the limit is cut', async () => {
  const loop = startLoop('never-answers.mjs')
  await loop.ready()
  const open = loop.request({ path: '/' }).catch((error: Error) => error)
  await until('the request to begin', () => loop.output().includes('begun'))
  loop.order({ type: 'drain', limitMs: 200 })
  expect(await open).toBeInstanceOf(Error)
  expect(await loop.ended()).toBe(0)
  expect(loop.output()).toContain('the drain limit of 200 ms passed')
})

test('a program’s own SIGTERM handler runs when the drain is over, not when the signal comes', async () => {
  const loop = startLoop('program-main.cjs')
  await loop.ready()
  loop.child.kill('SIGINT')
  loop.child.kill('SIGTERM')
  expect((await loop.request({ path: '/' })).status).toBe(200)
  expect(loop.output()).not.toContain('own SIGTERM')
  loop.order({ type: 'drain', limitMs: 5000 })
  expect(await loop.ended()).toBe(0)
  expect(loop.output()).toContain('own SIGTERM')
  expect(loop.output()).toContain('closed well')
})

test('without its supervisor it ends by itself and leaves neither socket nor directory', async () => {
  const loop = startLoop('plugin-esm.mjs')
  await loop.ready()
  const slow = loop.request({ path: '/slow' })
  await until('the request to begin', () => loop.output().includes('slow begun'))
  loop.child.disconnect()
  expect(JSON.parse((await slow).text)).toEqual({ slow: 'done' })
  expect(await loop.ended()).toBe(0)
  expect(existsSync(dirname(loop.socketPath))).toBe(false)
})

test('alone, it says on SIGTERM that it drains, serves on for the notice, then exits 0', async () => {
  const loop = startLoop('plugin-esm.mjs', { supervised: false, drainNoticeMs: 1500 })
  await until('the socket', () => existsSync(loop.socketPath))
  await until(
    'readiness',
    async () => (await loop.request({ method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } })).status === 200,
  )
  loop.child.kill('SIGTERM')
  const probe = await until('the probe to say so', async () => {
    const answer = await loop.request({ method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } })
    return answer.status === 503 && answer
  })
  expect(probe.text).toBe('draining')
  const during = await loop.request({ path: '/', headers: { connection: 'keep-alive' } })
  expect(during.status).toBe(200)
  expect(during.headers.connection).toBe('close')
  expect(await loop.ended()).toBe(0)
  expect(existsSync(dirname(loop.socketPath))).toBe(true)
})

test('alone, a second signal stops it at once', async () => {
  const loop = startLoop('never-answers.mjs', { supervised: false, drainNoticeMs: 60_000 })
  await until('the socket', () => existsSync(loop.socketPath))
  const open = loop.request({ path: '/' }).catch((error: Error) => error)
  await until('the request to begin', () => loop.output().includes('begun'))
  loop.child.kill('SIGTERM')
  await until(
    'the first signal',
    async () => (await loop.request({ method: 'OPTIONS', path: '*', headers: { 'evenloop-probe': '1' } })).status === 503,
  )
  loop.child.kill('SIGTERM')
  expect(await loop.ended()).toBe(1)
  expect(await open).toBeInstanceOf(Error)
})
