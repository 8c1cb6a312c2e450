import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { loopState, requestFlag } from '../link/frame.ts'
import { type LinkClient, dialLoop } from './support/link-client.ts'
import { type LoopProcess, startLoop } from './support/loop-process.ts'

interface Linked {
  readonly loop: LoopProcess
  readonly client: LinkClient
  readonly socketPath: string
}

async function linkedLoop(): Promise<Linked> {
  const directory = mkdtempSync(path.join(tmpdir(), 'el-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const socketPath = path.join(directory, 'link.sock')
  const loop = startLoop('plugin-esm.mjs', { serve: [`link+unix:${socketPath}`] })
  expect((await loop.ready()).address).toBe(`link+unix:${socketPath}`)
  return { loop, client: await dialLoop(socketPath), socketPath }
}

test('a loop tells of a drain, finishes what it holds, closes the link and exits 0', async () => {
  const { loop, client, socketPath } = await linkedLoop()
  const slow = client.request(1, '/slow')
  await client.until(() => client.beats.length > 0)
  loop.order({ type: 'drain', limitMs: 600_000 })
  await client.until(() => client.states.length > 0)
  expect(client.states).toEqual([loopState.draining])
  expect(slow.ended).toBe(false)
  await client.until(() => slow.ended)
  expect(slow.text).toMatch(/{"slow":"done"}$/)
  expect(slow.closes).toBe(false)
  expect(await loop.ended()).toBe(0)
  expect(loop.output()).toContain('onClose ran')
  expect(existsSync(socketPath)).toBe(false)
})

test('a loop that is about to block has said which requests it has taken, and is silent while it does', async () => {
  const { client } = await linkedLoop()
  const blocked = client.request(1, '/block', { flags: requestFlag.askTaken })
  await client.until(() => client.log.includes('taken 1'))
  expect(client.log).toEqual(['taken 1'])
  const beats = client.beats.length
  await client.until(() => blocked.ended)
  expect(client.beats.length - beats).toBeLessThanOrEqual(1)
})

test('a loop reports the requests of its links', async () => {
  const { loop, client } = await linkedLoop()
  const answers = [1, 2, 3].map((stream) => client.request(stream, '/'))
  await client.until(() => answers.every(({ ended }) => ended))
  const { report } = await loop.said('report', (message) => message.report.requests === 3)
  expect(report.inFlight).toBe(0)
})

test('a loop reports that a balancer keeps it for blocking routes', async () => {
  const { loop, client } = await linkedLoop()
  await loop.said('report', ({ report }) => !report.isolated)
  client.claim(1)
  await loop.said('report', ({ report }) => report.isolated)
})
