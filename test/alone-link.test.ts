import path from 'node:path'

import { expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { portOf, requestsByLane, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { temporaryFolder } from './support/ledger.ts'
import { runProgram, signal, startProgram } from './support/program.ts'
import { until } from './support/wait.ts'

const secret = { EVENLOOP_LINK_SECRET: 'correct horse battery staple' }
const otherSecret = { EVENLOOP_LINK_SECRET: 'incorrect horse battery staple' }

test('a loop and a balancer without a supervisor speak the link over a unix socket, and WebSocket at the same address', async () => {
  const address = `link+unix:${path.join(temporaryFolder(), 'a.sock')}`
  const loop = startAloneLoop(address)
  const balancer = await startBalancer({ upstreams: [address] })
  expect(await (await fetch(balancer.url)).json()).toMatchObject({ hello: 'world', loop: 'a' })
  expect(await requestsByLane(balancer)).toEqual({ link: 1 })
  const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/ws`)
  await until('the WebSocket open', () => socket.readyState === WebSocket.OPEN)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.close()
  await closed
  signal(balancer.pid, 'SIGTERM')
  expect(await balancer.exited).toBe(0)
  signal(loop.pid, 'SIGTERM')
  expect(await loop.exited).toBe(0)
})

test('lane http speaks HTTP to the same address', async () => {
  const address = `link+unix:${path.join(temporaryFolder(), 'a.sock')}`
  startAloneLoop(address)
  const balancer = await startBalancer({ upstreams: [address], args: ['--lane', 'http'] })
  expect((await fetch(balancer.url)).status).toBe(200)
  expect(await requestsByLane(balancer)).toEqual({ http: 1 })
})

test('over TCP both ends prove that they know the secret, also by name, and who does not know it gets nothing', async () => {
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { env: secret })
  const port = await portOf(loop)
  const balancer = await startBalancer({ upstreams: [`dns+link://localhost:${port}`], env: secret })
  expect(await (await fetch(balancer.url)).json()).toMatchObject({ loop: 'a' })
  expect(await requestsByLane(balancer)).toEqual({ link: 1 })
  const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/ws`)
  await until('the WebSocket open', () => socket.readyState === WebSocket.OPEN)
  socket.terminate()
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed')
  for (const program of [loop, balancer]) expect(program.stdout() + program.stderr()).not.toContain(secret.EVENLOOP_LINK_SECRET)
})

test.each([
  { what: 'has none', ofLoop: secret, ofBalancer: {} },
  { what: 'has another', ofLoop: secret, ofBalancer: otherSecret },
  { what: 'has one that the loop has not', ofLoop: {}, ofBalancer: secret },
])('a balancer that $what is told which secret to set, and serves nothing', async ({ ofLoop, ofBalancer }) => {
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { env: ofLoop })
  const upstream = `link+tcp://127.0.0.1:${await portOf(loop)}`
  const balancer = startProgram(
    ['balancer', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--upstream', upstream, '--timeouts-queue', '100ms'],
    { env: ofBalancer },
  )
  const [, url] = await balancer.said(/ready: (http:\/\/\S+)/)
  await until('the reason in its log', () => balancer.stderr().includes('EVENLOOP_LINK_SECRET'))
  expect((await fetch(url!)).status).toBe(503)
})

test('a loop that other hosts can reach does not start without a secret', async () => {
  const { status, stderr } = await runProgram(['loop', 'examples/demo/app.js', '--serve', 'link+tcp://0.0.0.0:0'])
  expect(status).toBe(1)
  expect(stderr).toMatch(/--serve is link\+tcp:\/\/0\.0\.0\.0:0, which other hosts can reach.*EVENLOOP_LINK_SECRET/)
})
