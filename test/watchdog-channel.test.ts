import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { startCluster } from './support/cluster.ts'
import { temporaryFolder } from './support/ledger.ts'

const app = 'test/fixtures/channel-app.js'

test('what an app writes into the channel of its watchdog harms nobody', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '1'] })
  for (const text of [
    'null\n',
    '{"type":"hold"}\n',
    '{"type":"hold","routes":[null],"forMs":1,"over":false}\n',
    '{"type":"profile","ask":1}\n',
    'half',
  ]) {
    await fetch(`${cluster.url}/write?text=${encodeURIComponent(text)}`)
  }
  expect((await cluster.post('/api/loops/0/profile', { seconds: 1 })).status).toBe(200)
  expect((await cluster.status()).loops).toMatchObject([{ state: 'ready', restarts: 0 }])
})

test('a loop whose app has closed that channel serves on, and says that it cannot be profiled', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '1'] })
  expect((await fetch(`${cluster.url}/close`)).status).toBe(200)
  const { status, body } = await cluster.post('/api/loops/0/profile', { seconds: 1 })
  expect([status, body['message']]).toEqual([503, expect.stringContaining('loop 0 has ended, or its watchdog has')])
  expect((await cluster.status()).loops).toMatchObject([{ state: 'ready', restarts: 0 }])
})

test('a profile in which no stack comes twice does not cost the loop its life', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '1'] })
  const until = join(temporaryFolder(), 'profiled')
  const answer = fetch(`${cluster.url}/recurse?until=${encodeURIComponent(until)}`)
  await cluster.waitFor(
    'a loop that is held',
    ({ loops }) =>
      // Not by its start, of which a busy machine may make a hold too.
      loops[0]!.holding?.routes.some(({ route }) => route === '/recurse') ?? false,
  )
  const { status, body } = await cluster.post('/api/loops/0/profile', { seconds: 3 })
  expect(status).toBe(200)
  expect((body['nodes'] as unknown[]).length).toBeGreaterThan(10_000)
  writeFileSync(until, '')
  expect((await answer).status).toBe(200)
  expect((await cluster.status()).loops).toMatchObject([{ state: 'ready', restarts: 0 }])
})
