import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { parseAddress } from '../core/address.ts'
import { canRun } from './support/installed.ts'
import { isAlive } from './support/processes.ts'
import { startLoop, type LoopProcess } from './support/loop-process.ts'
import { until } from './support/wait.ts'

const node = (script: string): string => `"${process.execPath}" ${fileURLToPath(new URL(`./fixtures/apps/${script}`, import.meta.url))}`

const portOf = async (loop: LoopProcess): Promise<number> => {
  const parsed = parseAddress((await loop.ready()).address)
  return parsed?.kind === 'tcp' ? parsed.port : 0
}

const withPython = test.skipIf(!canRun('python3', '--version'))

withPython('runs a server of another language on a free port, passes its output through, and ends it with SIGTERM', async () => {
  const loop = startLoop(undefined, { settings: { command: 'python3 -u -m http.server --bind 127.0.0.1 {port}', health: health('/') } })
  const { pid } = await loop.said('foreign')
  const port = await portOf(loop)
  const answer = await loop.request({ socketPath: undefined, host: '127.0.0.1', port, path: '/package.json' })
  expect(answer.headers.server).toContain('SimpleHTTP')
  expect(JSON.parse(answer.text)).toMatchObject({ name: 'evenloop' })
  await expect.poll(loop.output, { timeout: 10_000 }).toContain('GET /package.json')
  const { report } = await loop.said('report', (each) => each.report.rssBytes > 0)
  expect(report.utilization).toBeLessThanOrEqual(1)
  loop.order({ type: 'drain', limitMs: 5000 })
  expect(await loop.ended()).toBe(0)
  expect(isAlive(pid)).toBe(false)
})

test('hands over the path of its socket; a worker that ignores SIGTERM is killed at the limit', async () => {
  const loop = startLoop(undefined, { settings: { command: `${node('foreign-stubborn.mjs')} '{socket}'` } })
  expect(await loop.ready()).toEqual({ type: 'ready', address: `http+unix:${loop.socketPath}`, kind: 'foreign' })
  const { worker } = JSON.parse((await loop.request({ path: '/' })).text) as { worker: number }
  loop.order({ type: 'drain', limitMs: 300 })
  expect(await loop.ended()).toBe(0)
  await until('the worker to be gone', () => !isAlive(worker))
  expect(existsSync(loop.socketPath)).toBe(false)
})

withPython('a program that ends before it serves: its last words are in the reason', async () => {
  const loop = startLoop(undefined, { settings: { command: `python3 -c 'import sys; sys.exit("no module named uvicorn")' {port}` } })
  const { error } = await loop.said('failed')
  expect(error.message).toMatch(/^the program ended before it accepted connections \(exit status 1\): python3/)
  expect(error.message).toContain('no module named uvicorn')
  expect(await loop.ended()).toBe(1)
})

test('a program that does not exist is named', async () => {
  const loop = startLoop(undefined, { settings: { command: 'no-such-server --port {port}' } })
  expect((await loop.said('failed')).error.message).toContain('there is no program no-such-server')
})

test('a program that dies while it serves takes its loop with it and says why', async () => {
  const loop = startLoop(undefined, { settings: { command: `${node('foreign-stubborn.mjs')} {socket}` } })
  await loop.ready()
  await loop.request({ path: '/die' }).catch(() => undefined)
  const { error } = await loop.said('failed')
  expect(error.message).toContain('the program ended (exit status 3)')
  expect(error.message).toContain('dying as asked')
  expect(await loop.ended()).toBe(1)
})

withPython('without its supervisor the program ends too', async () => {
  const loop = startLoop(undefined, { settings: { command: 'python3 -m http.server --bind 127.0.0.1 {port}' } })
  const { pid } = await loop.said('foreign')
  await loop.ready()
  loop.child.disconnect()
  expect(await loop.ended()).toBe(0)
  expect(isAlive(pid)).toBe(false)
})

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
