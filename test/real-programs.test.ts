import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { installPrograms, program } from './programs/install.ts'
import { startCluster } from './support/cluster.ts'

// Programs from npm, run by their own entry files: what no one here wrote finds what no one here thought of.

beforeAll(installPrograms, 300_000)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenloop-programs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('turborepo-remote-cache (Fastify) stores through one loop what every loop then serves', async () => {
  const cluster = await startCluster({
    app: program('turborepo-remote-cache/dist/cli.js'),
    args: ['--loops', '2'],
    env: {
      NODE_ENV: 'production',
      TURBO_TOKEN: 'secret',
      STORAGE_PROVIDER: 'local',
      STORAGE_PATH: folder,
      STORAGE_PATH_USE_TMP_FOLDER: 'false',
    },
  })
  const artifact = randomBytes(3_000_000)
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/octet-stream', 'x-artifact-duration': '7' }
  const url = (hash: string): string => `${cluster.url}/v8/artifacts/${hash}?slug=team`

  expect(await (await fetch(`${cluster.url}/v8/artifacts/status`)).json()).toMatchObject({ status: 'enabled' })
  const refused = await fetch(url('0a1b2c'), { method: 'PUT', body: artifact, headers: { 'content-type': 'application/octet-stream' } })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ message: 'Missing Authorization header' })

  for (const hash of ['0a1b2c', '3d4e5f']) {
    const put = await fetch(url(hash), { method: 'PUT', body: artifact, headers })
    expect([put.status, await put.json()]).toEqual([200, { urls: [`team/${hash}`] }])
  }
  for (let i = 0; i < 8; i++) {
    const got = await fetch(url('0a1b2c'), { headers })
    expect(artifact.equals(Buffer.from(await got.arrayBuffer()))).toBe(true)
  }
  expect((await fetch(url('0a1b2c'), { method: 'HEAD', headers })).status).toBe(200)
  expect((await fetch(url('ffffff'), { headers })).status).toBe(404)

  await cluster.waitFor('requests on both loops', ({ loops }) => loops.length === 2 && loops.every(({ requests }) => requests > 0))
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  expect(artifact.equals(Buffer.from(await (await fetch(url('3d4e5f'), { headers })).arrayBuffer()))).toBe(true)
  expect(await cluster.stop()).toBe(0)
})

test('http-server (a program that listens itself) serves files, ranges and revalidation', async () => {
  const file = randomBytes(5_000_000)
  writeFileSync(join(folder, 'data.bin'), file)
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>mine</title>')
  const cluster = await startCluster({
    app: program('http-server/bin/http-server'),
    args: ['--loops', '2'],
    cwd: folder,
    env: { PORT: '8081' },
  })

  expect(await (await fetch(cluster.url)).text()).toBe('<!doctype html><title>mine</title>')
  for (let i = 0; i < 6; i++) {
    const whole = await fetch(`${cluster.url}/data.bin`)
    expect(whole.headers.get('content-length')).toBe('5000000')
    expect(file.equals(Buffer.from(await whole.arrayBuffer()))).toBe(true)
  }
  const part = await fetch(`${cluster.url}/data.bin`, { headers: { range: 'bytes=1000-1999' } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/5000000'])
  expect(file.subarray(1000, 2000).equals(Buffer.from(await part.arrayBuffer()))).toBe(true)
  const etag = part.headers.get('etag') ?? ''
  const unchanged = await fetch(`${cluster.url}/data.bin`, { headers: { 'if-none-match': etag } })
  expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
  expect((await fetch(`${cluster.url}/missing`)).status).toBe(404)
  await cluster.waitFor('requests on both loops', ({ loops }) => loops.length === 2 && loops.every(({ requests }) => requests > 0))
  expect(await cluster.stop()).toBe(0)
})

test('json-server (Express, by --command) reads, writes and links to the address that the client used', async () => {
  const posts = [1, 2, 3].map((id) => ({ id, title: `post ${id}` }))
  writeFileSync(join(folder, 'db.json'), JSON.stringify({ posts }))
  // One loop: the program keeps its data in its own memory.
  const command = `${process.execPath} ${program('json-server/lib/cli/bin.js')} --host 127.0.0.1 --port {port} db.json`
  const cluster = await startCluster({ args: ['--loops', '1', '--command', command], cwd: folder })

  const page = await fetch(`${cluster.url}/posts?_page=1&_limit=2`)
  expect(await page.json()).toEqual(posts.slice(0, 2))
  expect(page.headers.get('x-total-count')).toBe('3')
  expect(page.headers.get('link')).toContain(`<${cluster.url}/posts?_page=2&_limit=2>; rel="next"`)

  const created = await fetch(`${cluster.url}/posts`, {
    method: 'POST',
    body: '{"title":"new"}',
    headers: { 'content-type': 'application/json' },
  })
  expect([created.status, await created.json()]).toEqual([201, { id: 4, title: 'new' }])
  expect(created.headers.get('location')).toBe(`${cluster.url}/posts/4`)
  expect(await (await fetch(`${cluster.url}/posts/4`, { method: 'DELETE' })).json()).toEqual({})
  expect(await (await fetch(`${cluster.url}/posts`)).json()).toEqual(posts)
  expect(await cluster.stop()).toBe(0)
})
