import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'

import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { until } from '../../test/support/wait.ts'
import { statusOf } from './actions.ts'
import { diagnosticRoutes, type Diagnostics } from './diagnostics.ts'
import { ClusterError } from '../cluster-error.ts'

let app: FastifyInstance
let loops: { -readonly [K in keyof Diagnostics]: Diagnostics[K] }
beforeEach(() => {
  app = fastify({ forceCloseConnections: true })
  app.setErrorHandler((error: Error, _request, reply) => {
    const { status, code } = statusOf(error)
    return reply.code(status).send({ error: code, message: error.message })
  })
  loops = { stack: async () => [], profile: async () => '{}', heapSnapshot: async () => Readable.from(['{"snap', 'shot":1}']) }
  const wall = { now: () => Date.UTC(2026, 10, 23, 1, 12, 39, 123) }
  diagnosticRoutes(
    app,
    { stack: (id) => loops.stack(id), profile: (id, seconds) => loops.profile(id, seconds), heapSnapshot: (id) => loops.heapSnapshot(id) },
    wall,
  )
})
afterEach(() => app.close())

const post = (path: string, payload: object = {}) => app.inject({ method: 'POST', url: `/api/loops/${path}`, payload })

test('a profile is a file to be saved, of the seconds asked for', async () => {
  const asked = vi.fn(async () => '{"nodes":[]}')
  loops.profile = asked
  const answer = await post('0/profile', { seconds: 3 })
  expect([answer.statusCode, answer.body]).toEqual([200, '{"nodes":[]}'])
  expect(answer.headers['content-disposition']).toBe('attachment; filename="evenloop-loop0-20261123T011239Z.cpuprofile"')
  await post('1/profile')
  expect(asked.mock.calls).toEqual([
    ['0', 3],
    ['1', 10],
  ])
})

test.each([0, 61, 1.5, '5', null, [1]])('a profile of %j seconds is refused before any loop is asked', async (seconds) => {
  const asked = vi.fn(async () => '{}')
  loops.profile = asked
  const answer = await post('0/profile', { seconds })
  expect(answer.statusCode).toBe(400)
  expect(answer.json<{ message: string }>().message).toContain('a whole number from 1 to 60')
  expect(asked).not.toHaveBeenCalled()
})

test.each([
  ['NOT_FOUND', 404],
  ['UNAVAILABLE', 503],
  ['TIMEOUT', 504],
] as const)('%s is answered with %d, and leaves nothing busy', async (code, status) => {
  const refused = () => Promise.reject(new ClusterError(code, 'no'))
  loops = { stack: refused, profile: refused, heapSnapshot: refused }
  for (const path of ['7/profile', '7/heap-snapshot', '7/stack', '7/profile']) {
    const answer = await post(path)
    expect([answer.statusCode, answer.json()]).toEqual([status, { error: code, message: 'no' }])
    expect(answer.headers['content-disposition']).toBeUndefined()
  }
})

test('where a loop is can be asked for also while a profile of it is taken', async () => {
  loops.profile = () => new Promise(() => {})
  void post('0/profile').catch(() => {})
  await until('the profile', async () => (await post('0/heap-snapshot')).statusCode === 409)
  const frames = [{ name: 'spin', file: '/srv/app.js', line: 3, column: 1 }]
  loops.stack = async () => frames
  const answer = await post('0/stack')
  expect([answer.statusCode, answer.json()]).toEqual([200, { loop: '0', frames }])
})

test('of one loop one thing is taken at a time, of another one meanwhile another', async () => {
  let finish: (profile: string) => void = () => {}
  loops.profile = (id) => (id === '0' ? new Promise((resolve) => (finish = resolve)) : Promise.resolve('{}'))
  // Begins with the answer asked for, not with this call.
  const first = post('0/profile').then((answer) => answer.statusCode)
  await until('the first', async () => (await post('0/heap-snapshot')).statusCode === 409)
  const second = await post('0/profile')
  expect([second.statusCode, second.json()]).toEqual([409, { error: 'BUSY', message: 'a profile of loop 0 is being taken; wait for it' }])
  expect((await post('1/profile')).statusCode).toBe(200)
  finish('{}')
  expect(await first).toBe(200)
  expect((await post('0/profile', { seconds: 'none' })).statusCode).toBe(400)
  expect((await post('0/heap-snapshot')).body).toBe('{"snapshot":1}')
  expect((await post('0/heap-snapshot')).statusCode).toBe(200)
})

test.each(['before the loop answers', 'while it is sent'])('a client that leaves %s frees the loop and ends its stream', async (when) => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const stream = new PassThrough()
  stream.write('{"begin')
  let answer: (stream: Readable) => void = () => {}
  const waiting = new Promise<Readable>((resolve) => (answer = resolve))
  const asked = vi.fn(() => waiting)
  loops.heapSnapshot = asked
  const request = http.request({ port, method: 'POST', path: '/api/loops/0/heap-snapshot', agent: false }).on('error', () => {})
  const response = new Promise((resolve) => request.once('response', resolve))
  request.end()
  await until('the loop to be asked', () => asked.mock.calls.length === 1)
  if (when === 'while it is sent') {
    answer(stream)
    await response
  }
  request.destroy()
  if (when !== 'while it is sent') {
    await until('the connection to end', async () => (await connections()) === 0)
    answer(stream)
  }
  await until('the end of the stream', () => stream.destroyed)
  loops.heapSnapshot = async () => Readable.from(['{}'])
  expect((await post('0/heap-snapshot')).statusCode).toBe(200)
})

const connections = (): Promise<number> => new Promise((resolve) => app.server.getConnections((_error, count) => resolve(count)))
