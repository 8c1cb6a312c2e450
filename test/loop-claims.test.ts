import path from 'node:path'

import { expect, test } from 'vitest'

import { busyBeatMs, idleBeatMs } from '../link/beat.ts'
import { temporaryFolder } from './support/ledger.ts'
import { dialLoop } from './support/link-client.ts'
import { type LoopProcess, startLoop } from './support/loop-process.ts'
import { until } from './support/wait.ts'

async function declaringLoop(): Promise<{ readonly loop: LoopProcess; readonly socketPath: string }> {
  const socketPath = path.join(temporaryFolder(), 'link.sock')
  const loop = startLoop('declares-routes.mjs', {
    supervised: false,
    admin: '127.0.0.1:0',
    serve: [`link+unix:${socketPath}`],
    settings: { logLevel: 'info' },
  })
  await until('the loop to serve', () => loop.output().includes('serving on'))
  return { loop, socketPath }
}

test('balancers learn from the loop which others keep it for blocking routes, and when they do so no more or have gone', async () => {
  const { loop, socketPath } = await declaringLoop()
  const [first, second] = [await dialLoop(socketPath), await dialLoop(socketPath)]
  const port = await until('the admin address', () => /"admin":"127\.0\.0\.1:(\d+)"/.exec(loop.output())?.[1])
  const isolated = async (): Promise<string | undefined> => {
    const { text } = await loop.request({ socketPath: undefined, host: '127.0.0.1', port, path: '/metrics' })
    return /^evenloop_loop_isolated\{loop="0"\} (\d)$/m.exec(text)?.[1]
  }
  first.claim(1)
  await second.until(() => second.claimed)
  expect(await isolated()).toBe('1')
  expect(first.claimed).toBe(false)
  const late = await dialLoop(socketPath)
  await late.until(() => late.claimed)
  second.claim(1)
  await first.until(() => first.claimed)
  first.socket.destroy()
  // Its own claim stands, and is no news.
  await second.until(() => !second.claimed)
  expect(await isolated()).toBe('1')
  expect(late.claimed).toBe(true)
  second.claim(0)
  await late.until(() => !late.claimed)
  expect(await isolated()).toBe('0')
})

test('a balancer knows the routes that the app declares as soon as it has a link, without a request', async () => {
  const { loop, socketPath } = await declaringLoop()
  for (let dialled = 0; dialled < 2; dialled++) {
    const client = await dialLoop(socketPath)
    await client.until(() => client.routes.length > 0)
    expect(client.beats).toHaveLength(1)
    const declared = client.routes.map((route) => `${route.method} ${route.route} ${route.declared} ${route.counts.length}`)
    expect(declared.toSorted()).toEqual([
      'GET /quick async 0',
      'GET /report blocking 0',
      'HEAD /quick async 0',
      'HEAD /report blocking 0',
      'POST /import blocking 0',
    ])
  }
  const warnings = loop
    .output()
    .split('\n')
    .filter((line) => line.includes('/wrong'))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain("GET /wrong has evenloop: 'slow', which is ignored; accepted are 'blocking' and 'async'")
})

test('a balancer hears of a request that held the loop right after it, not with the next slow beat', async () => {
  const { socketPath } = await declaringLoop()
  const client = await dialLoop(socketPath)
  // The greeting, and a slow beat: the next one is a second away.
  await client.until(() => client.beats.length === 2)
  client.request(1, '/waits')
  const held = client.request(2, '/holds')
  await client.until(() => held.ended)
  await client.until(() => client.routes.some(({ route, counts }) => route === '/holds' && counts.length > 0))
  // While it holds a request it beats every 5 ms: so many fit between two slow beats.
  expect(client.beats.length).toBeLessThan(idleBeatMs / busyBeatMs / 2)
})
