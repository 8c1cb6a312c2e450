import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { startCluster, type Cluster } from './support/cluster.ts'
import { canRun } from './support/installed.ts'

type Answer = Record<string, unknown>

const get = async (cluster: Cluster, path: string): Promise<Answer> => (await (await fetch(cluster.url + path)).json()) as Answer

const post = async (cluster: Cluster, path: string, body: unknown): Promise<[number, Answer]> => {
  const response = await fetch(cluster.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return [response.status, (await response.json()) as Answer]
}

const twoLoops = (app: string): Promise<Cluster> => startCluster({ app, args: ['--loops', '2'] })

/** Asks until requests have taken turns: each of the two loops must have answered by its own process. */
const bothAnswer = async (cluster: Cluster, path: string, expected: Answer): Promise<void> => {
  const answers = []
  for (let i = 0; i < 8; i++) answers.push(await get(cluster, path))
  for (const answer of answers) expect(answer).toMatchObject(expected)
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2)
}

test('fastify-ts: a TypeScript plugin needs no build', async () => {
  const cluster = await twoLoops('examples/fastify-ts/app.ts')
  await bothAnswer(cluster, '/', { app: 'fastify-ts' })
  expect(await get(cluster, '/tasks/7')).toEqual({ id: 7, title: 'task 7' })
  expect(await post(cluster, '/tasks', { title: 'write' })).toEqual([201, { id: 5, title: 'write' }])
  expect(await post(cluster, '/tasks', {})).toEqual([400, expect.objectContaining({ message: "body must have required property 'title'" })])
  expect(await cluster.stop()).toBe(0)
})

test('express: a CommonJS app learns who the client is', async () => {
  const cluster = await twoLoops('examples/express/app.js')
  await bothAnswer(cluster, '/', { app: 'express', client: '127.0.0.1', protocol: 'http' })
  expect(await post(cluster, '/sum', { numbers: [1, 2, 3] })).toEqual([200, { sum: 6 }])
  expect(await post(cluster, '/sum', { numbers: 'many' })).toEqual([400, { error: 'numbers must be an array of numbers' }])
  expect(await cluster.stop()).toBe(0)
})

test('node-http: a bare function serves', async () => {
  const cluster = await twoLoops('examples/node-http/app.js')
  await bothAnswer(cluster, '/any/path?q=1', { app: 'node-http', method: 'GET', url: '/any/path?q=1' })
  expect(await cluster.stop()).toBe(0)
})

test('unmodified: the port that a program asks for is taken over, on every loop', async () => {
  const cluster = await twoLoops('examples/unmodified/server.js')
  await bothAnswer(cluster, '/here', { app: 'unmodified', url: '/here' })
  // It prints the address that clients can use, not the one it asked for.
  expect(cluster.stderr()).toContain(`listening on 127.0.0.1:${cluster.port}`)
  expect(await cluster.stop()).toBe(0)
})

test.skipIf(!canRun('/usr/bin/python3', '-c', 'import uvicorn, fastapi'))('python-fastapi: a foreign server on every core', async () => {
  const cluster = await startCluster({
    cwd: fileURLToPath(new URL('../examples/python-fastapi', import.meta.url)),
    // Debian's interpreter is the one that has Debian's packages python3-uvicorn and python3-fastapi.
    args: ['--loops', '2', '--command', '/usr/bin/python3 -m uvicorn --uds {socket} app:app'],
  })
  await bothAnswer(cluster, '/', { app: 'python-fastapi' })
  expect(await get(cluster, '/io?ms=20')).toEqual({ waited: 20 })
  const upload = await fetch(`${cluster.url}/upload`, { method: 'POST', body: Buffer.alloc(5_000_000) })
  expect(await upload.json()).toEqual({ bytes: 5_000_000 })
  expect(await cluster.stop()).toBe(0)
})
