import { expect, test } from 'vitest'

import { startLoop } from './support/loop-process.ts'

// What the app answers on /, and what the loop tells the supervisor that it is.
const apps: readonly (readonly [file: string, kind: string, body: object])[] = [
  ['plugin-esm.mjs', 'plugin', { kind: 'plugin', given: 'hello' }],
  ['plugin-callback.cjs', 'plugin', { kind: 'plugin' }],
  ['plugin-typescript.ts', 'plugin', { kind: 'plugin' }],
  ['plugin-typescript.cts', 'plugin', { kind: 'plugin', main: true }],
  ['instance-esm.mjs', 'instance', { kind: 'instance', ready: true }],
  ['instance-factory.cjs', 'instance', { kind: 'instance', given: 'hello' }],
  ['listener-esm.mjs', 'listener', { kind: 'listener', url: '/' }],
  ['listener-commonjs.cjs', 'listener', { kind: 'listener' }],
  ['server-export.mjs', 'server', { kind: 'server' }],
  ['express-export.cjs', 'listener', { kind: 'express' }],
  ['koa-like.mjs', 'koa', { kind: 'koa' }],
  ['program-main.cjs', 'program', { kind: 'program', address: { address: '0.0.0.0', family: 'IPv4', port: 3000 } }],
  ['program-late.ts', 'program', { kind: 'program' }],
  ['program-fastify.mjs', 'program', { kind: 'program' }],
  ['cjs', 'listener', { kind: 'listener' }],
]

test.each(apps)('hosts %s as a %s', async (file, kind, body) => {
  const loop = startLoop(file)
  expect(await loop.ready()).toEqual({ type: 'ready', address: `http+unix:${loop.socketPath}`, kind })
  const answer = await loop.request({ path: '/' })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text)).toMatchObject(body)
  // The balancer closes idle connections, never the loop.
  expect(answer.headers['keep-alive']).toBeUndefined()
  loop.order({ type: 'drain', limitMs: 5000 })
  expect(await loop.ended()).toBe(0)
})

test('an instance that is exported and also starts itself late is served once and told that it listens', async () => {
  const loop = startLoop('instance-starts-itself.mjs', { publicAddress: '127.0.0.1:8080' })
  await loop.ready()
  await expect.poll(loop.output, { timeout: 10_000 }).toContain('own listen: 8080')
  expect(JSON.parse((await loop.request({ path: '/' })).text)).toEqual({ kind: 'instance', port: 8080 })
})

test('a program learns the public address, and its further servers are moved out of the way of other loops', async () => {
  const loop = startLoop('program-main.cjs', { publicAddress: '127.0.0.1:8080' })
  await loop.ready()
  await expect.poll(loop.output, { timeout: 10_000 }).toMatch(/second moved/)
  expect(loop.output()).toContain('listening on 8080')
  expect(loop.output()).toContain('the app opens a further server on port 3001; every loop opens one, so each gets a free port instead')
})

test("Fastify's second server for ::1 is no further server", async () => {
  const loop = startLoop('program-fastify.mjs')
  await loop.ready()
  await expect.poll(loop.output, { timeout: 10_000 }).toContain('http://127.0.0.1:3000')
  expect(loop.output()).not.toContain('further server')
})

test('settings.kind wins over what the module looks like', async () => {
  const loop = startLoop('listener-esm.mjs', { settings: { kind: 'plugin' } })
  const failed = await loop.said('failed')
  expect(failed.error.message).not.toBe('')
  const other = startLoop('never-listens.mjs', { settings: { kind: 'listener' } })
  expect((await other.said('failed')).error.message).toContain('kind is listener, but the app exports an object with answer')
})

test('serves on several addresses, with the real port where 0 was asked for', async () => {
  const loop = startLoop('listener-esm.mjs', {
    serve: ['http://127.0.0.1:0', 'http://127.0.0.1:0'],
    supervised: false,
    settings: { logLevel: 'info' },
  })
  await expect.poll(loop.output, { timeout: 20_000 }).toContain('serving on')
  const ports = [...loop.output().matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]))
  for (const port of ports.slice(0, 2))
    expect((await loop.request({ socketPath: undefined, host: '127.0.0.1', port, path: '/x' })).text).toContain('"url":"/x"')
  expect(new Set(ports).size).toBe(2)
})
