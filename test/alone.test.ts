import path from 'node:path'

import { expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { startBalancer } from './support/balancer.ts'
import { temporaryFolder } from './support/ledger.ts'
import { runProgram, signal, startProgram } from './support/program.ts'
import { until } from './support/wait.ts'

async function startAlone(args: readonly string[] = []) {
  const address = `http+unix:${path.join(temporaryFolder(), 'a.sock')}`
  const loop = startProgram(['loop', 'examples/demo/app.js', '--serve', address, '--id', 'a'])
  const balancer = await startBalancer({ upstreams: [address], args })
  return { loop, balancer }
}

test('a loop and a balancer without a supervisor serve, and end with status 0 when told to', async () => {
  const { loop, balancer } = await startAlone()
  expect(await (await fetch(balancer.url)).json()).toMatchObject({ hello: 'world', loop: 'a' })
  // Its idle connections to the loop must not keep it.
  signal(balancer.pid, 'SIGTERM')
  expect(await balancer.exited).toBe(0)
  signal(loop.pid, 'SIGTERM')
  expect(await loop.exited).toBe(0)
})

test('a balancer without a supervisor ends at the drain limit, whatever is still open', async () => {
  const { balancer } = await startAlone(['--drain-timeout', '500ms'])
  const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/ws`)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await until('the WebSocket open', () => socket.readyState === WebSocket.OPEN)
  const [, admin] = /admin (http:[^)]+)/.exec(balancer.stdout())!
  signal(balancer.pid, 'SIGTERM')
  await until('it says so to probes', async () => (await fetch(`${admin}/readyz`)).status === 503)
  expect(await balancer.exited).toBe(0)
  await closed
})

test.each(['--listen', '--admin'])('a balancer without a supervisor that cannot have its %s ends with status 1', async (flag) => {
  const { balancer } = await startAlone()
  const free = flag === '--listen' ? [] : ['--listen', '127.0.0.1:0']
  const { status, stderr } = await runProgram(['balancer', '--upstream', balancer.url, ...free, flag, `127.0.0.1:${balancer.port}`])
  expect(status).toBe(1)
  expect(stderr).toContain(`choose another with ${flag}`)
})
