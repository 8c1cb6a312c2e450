import { once } from 'node:events'
import { createServer } from 'node:http'

import { expect, test } from 'vitest'

import type { LoopOptions } from '../config/roles.ts'
import { startLoop } from './support/loop-process.ts'

const failures: readonly (readonly [what: string, app: string, message: RegExp, stack: RegExp | undefined])[] = [
  ['throws while it is imported', 'throws.mjs', /^no database here$/, /throws\.mjs:2:[^]*code: 'E_DB'/],
  ['rejects in onReady', 'on-ready-rejects.mjs', /^the cache is cold$/, /on-ready-rejects\.mjs:3/],
  ['has nothing left to do', 'does-nothing.cjs', /nothing left to do and serves nothing/, undefined],
  ['exits while it starts', 'exits-early.mjs', /^the app called process\.exit\(0\) before it was ready$/, undefined],
  ['does not exist', 'no-such-app', /no-such-app: there is no such file/, undefined],
]

test.each(failures)(
  'an app that %s: the supervisor gets the reason, once, and the exit status is 1',
  async (_what, app, message, stack) => {
    const loop = startLoop(app)
    const { error } = await loop.said('failed')
    expect(error.message).toMatch(message)
    if (stack === undefined) expect(error.stack).toBeUndefined()
    else expect(error.stack).toMatch(stack)
    expect(await loop.ended()).toBe(1)
    expect(loop.messages.filter(({ type }) => type === 'failed')).toHaveLength(1)
    expect(loop.output()).not.toContain('Error')
  },
)

test('an app that never listens: says what was found and what is accepted', async () => {
  const { loop, message, startTimeout } = await tooLate('never-listens.mjs', /the module exports an object with answer/)
  expect(message).toContain(`not ready within startTimeout (${startTimeout} ms)`)
  expect(message).toContain('accepted are a Fastify plugin')
  expect(await loop.ended()).toBe(1)
})

test('a program that speaks TLS itself is told why it is not served', async () => {
  await tooLate('only-tls.mjs', /it listens with a TLS server on port 0, which cannot be taken over/)
})

test('alone, the reason is on standard error with its stack', async () => {
  const loop = startLoop('throws.mjs', { supervised: false })
  expect(await loop.ended()).toBe(1)
  expect(loop.output()).toMatch(/no database here/)
  expect(loop.output()).toMatch(/throws\.mjs:2/)
})

test('an error after readiness ends the process as Node does, with the stack once', async () => {
  const loop = startLoop('throws-later.mjs')
  await loop.ready()
  expect((await loop.request({ path: '/' })).text).toBe('bye')
  expect(await loop.ended()).toBe(1)
  expect(loop.output().match(/Error: late fault/g)).toHaveLength(1)
})

test('is ready only when health.path answers well', async () => {
  const loop = startLoop('healthy-late.mjs', { settings: { health: health('/health') } })
  await loop.ready()
  expect(Number((await loop.request({ path: '/' })).text)).toBeGreaterThanOrEqual(3)
})

test('a health.path that never answers well is named with its last answer', async () => {
  await tooLate('plugin-esm.mjs', /health\.path \/missing.*the last answer was 404/, { health: health('/missing') })
})

test('a health.path that hangs is named', async () => {
  await tooLate('never-answers.mjs', /waited for health\.path \/ to answer 2xx or 3xx; the last answer was none yet/, {
    health: health('/'),
  })
})

test('an address that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const loop = startLoop('listener-esm.mjs', { serve: [`http://127.0.0.1:${port}`] })
  const { error } = await loop.said('failed')
  expect(error.message).toContain(`cannot serve on http://127.0.0.1:${port}: listen EADDRINUSE`)
  other.close()
})

test('a socket file that a killed process left behind is replaced, one that is served is not', async () => {
  const first = startLoop('listener-esm.mjs')
  await first.ready()
  const refused = startLoop('listener-esm.mjs', { serve: [`http+unix:${first.socketPath}`] })
  expect((await refused.said('failed')).error.message).toContain('another process serves there')
  expect((await first.request({ path: '/' })).status).toBe(200)
  first.child.kill('SIGKILL')
  await first.ended()
  const second = startLoop('listener-esm.mjs', { serve: [`http+unix:${first.socketPath}`] })
  await second.ready()
  expect((await first.request({ path: '/' })).status).toBe(200)
})

/** Starts an app that never becomes ready. A slow machine gets more time, until the start comes as far as the reason that is expected. */
async function tooLate(app: string, reason: RegExp, settings: Partial<LoopOptions['settings']> = {}) {
  for (let startTimeout = 1_000; ; startTimeout *= 4) {
    const loop = startLoop(app, { settings: { ...settings, startTimeout } })
    const { message } = (await loop.said('failed')).error
    if (startTimeout < 16_000 && !reason.test(message)) continue
    expect(message).toMatch(reason)
    return { loop, message, startTimeout }
  }
}

const health = (path: string) => ({
  path,
  interval: 1000,
  timeout: 5000,
  failures: 3,
  successes: 1,
  ejectAfter: 5,
  ejectFor: 5000,
  ejectMax: 0.5,
})
