import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import http from 'node:http'

import { afterEach, expect, test } from 'vitest'

import { frameType, initialWindow, loopState, requestFlag } from '../../link/frame.ts'
import { closeLinks, link } from '../../test/support/link-client.ts'
import { until } from '../../test/support/wait.ts'
import { Gate } from '../gate.ts'

afterEach(closeLinks)

test('carries requests side by side, and answers in the order in which the app does', async () => {
  const waiting: http.ServerResponse[] = []
  const { client, front } = await link((_req, res) => void waiting.push(res))
  const answers = [1, 2, 3].map((stream) => client.request(stream, `/${stream}`))
  const arrived = (): boolean => waiting.length === 3
  while (!arrived()) await new Promise(setImmediate)
  expect(front.inFlight).toBe(3)
  for (const res of waiting.toReversed()) res.end(res.req.url)
  await client.until(() => answers.every(({ ended }) => ended))
  expect(answers.map(({ text }) => text.at(-1))).toEqual(['1', '2', '3'])
  expect(front).toMatchObject({ inFlight: 0, requests: 3 })
})

test('uses the number of a stream again once both ends have said their last word', async () => {
  const { client } = await link((req, res) => res.end(req.url))
  for (const path of ['/a', '/b', '/c']) {
    const answer = client.request(1, path)
    await client.until(() => answer.ended)
    expect(answer.text.endsWith(path)).toBe(true)
  }
})

test('says which requests it has taken, before the first of their handlers runs', async () => {
  let writtenBefore: number | undefined
  const { client, accepted } = await link((_req, res) => {
    writtenBefore ??= accepted.bytesWritten
    res.end()
  })
  client.request(1, '/', { method: 'POST', flags: requestFlag.askTaken })
  client.request(2, '/')
  const last = client.request(3, '/', { method: 'POST', flags: requestFlag.askTaken })
  await client.until(() => last.ended)
  expect(client.log[0]).toBe('taken 1 3')
  // A frame of 12 bytes and two numbers had been written to the socket when the first handler ran.
  expect(writtenBefore).toBe(20)
})

test('gives the other requests of a read to the app where the handler of one throws', async () => {
  const { client } = await link((req, res) => {
    if (req.url === '/throw') throw new Error('of the handler')
    res.end('fine')
  })
  // What the process sees, in place of the test runner.
  const listeners = process.rawListeners('uncaughtException') as (() => void)[]
  process.removeAllListeners('uncaughtException')
  const thrown = once(process, 'uncaughtException')
  client.request(1, '/throw', { method: 'POST', flags: requestFlag.askTaken })
  const other = client.request(2, '/')
  expect(await thrown).toMatchObject([{ message: 'of the handler' }, 'uncaughtException'])
  for (const listener of listeners) process.on('uncaughtException', listener)
  await client.until(() => other.ended)
  expect(client.log[0]).toBe('taken 1')
  expect(other.text).toMatch(/fine$/)
})

test('keeps what one request sets in its asynchronous context from the next', async () => {
  const storage = new AsyncLocalStorage<string>()
  const { client } = await link((req, res) => {
    res.end(`seen ${storage.getStore()}`)
    storage.enterWith(req.url!)
  })
  const answers = [client.request(1, '/first'), client.request(2, '/second')]
  await client.until(() => answers.every(({ ended }) => ended))
  const later = client.request(1, '/third')
  await client.until(() => later.ended)
  for (const { text } of [...answers, later]) expect(text).toMatch(/seen undefined$/)
})

test('beats while it holds a request, and says what it holds', async () => {
  let response: http.ServerResponse | undefined
  const { client, vitals } = await link((_req, res) => {
    response = res
  })
  Object.assign(vitals, { utilization: 0.25, delayMs: 7.5 })
  const answer = client.request(1, '/')
  await client.until(() => client.beats.length >= 3)
  expect(client.beats[0]).toEqual({ inFlight: 1, utilization: 0.25, delayMs: 7.5 })
  response!.end()
  await client.until(() => answer.ended)
})

test('tells its balancer of its state', async () => {
  const { client, links } = await link((_req, res) => res.end())
  links.say('ready')
  links.say('draining')
  await client.until(() => client.states.length === 2)
  expect(client.states).toEqual([loopState.ready, loopState.draining])
})

test('knows that a balancer keeps the loop for blocking routes, until that balancer says otherwise or has gone', async () => {
  const { client, links } = await link((_req, res) => res.end())
  const claimed = async (expected: boolean): Promise<void> => {
    while (links.claimed !== expected) await new Promise(setImmediate)
  }
  expect(links.claimed).toBe(false)
  client.claim(1)
  await claimed(true)
  client.claim(0)
  await claimed(false)
  client.claim(1)
  await claimed(true)
  client.socket.destroy()
  await claimed(false)
  // Its own claim is no news to a balancer.
  expect(client.beats).toEqual([])
})

test('is closed in a drain once its last stream is over', async () => {
  let response: http.ServerResponse | undefined
  const { client, links } = await link((_req, res) => {
    response = res
  })
  const answer = client.request(1, '/')
  await client.until(() => client.beats.length > 0)
  links.close()
  expect(links.busy()).toHaveLength(1)
  response!.end('whole')
  await once(client.socket, 'end')
  expect(answer).toMatchObject({ ended: true, closes: false })
  expect(links.busy()).toHaveLength(0)
})

test.each([
  ['a frame of no known type', () => Buffer.from([0, 0, 0, 0, 99, 0, 0, 0, 1, 0, 0, 0])],
  ['a frame that is too long', () => Buffer.from([0, 0, 0, 255, 17, 0, 0, 0, 1, 0, 0, 0])],
  ['a body for no stream', () => Buffer.from([0, 0, 0, 0, frameType.data, 0, 0, 0, 9, 0, 0, 0])],
  ['a request on a stream in use', () => Buffer.from([0, 0, 0, 0, frameType.request, 0, 0, 0, 1, 0, 0, 0])],
  ['a claim that is neither made nor given up', () => Buffer.from([0, 0, 0, 0, frameType.claim, 0, 2, 0, 0, 0, 0, 0])],
  ['a frame that only loops send', () => Buffer.from([0, 0, 0, 0, frameType.taken, 0, 0, 0, 0, 0, 0, 0])],
])('closes the link at %s, and its requests see their client go', async (_what, bytes) => {
  const closed: string[] = []
  const { client, front } = await link((_req, res) => res.on('close', () => closed.push(res.req.url!)))
  client.request(1, '/open')
  await client.until(() => client.beats.length > 0)
  client.socket.write(bytes())
  await once(client.socket, 'close')
  expect(closed).toEqual(['/open'])
  expect(front.inFlight).toBe(0)
})

test('closes the link where a body exceeds its credit', async () => {
  const { client } = await link(() => undefined)
  client.request(1, '/', { method: 'POST', body: true })
  client.send(1, Buffer.alloc(initialWindow + 1), false)
  await once(client.socket, 'close')
})

test('aborts what is open when the balancer is lost', async () => {
  const events: string[] = []
  const { client, front } = await link((req, res) => {
    req.on('aborted', () => events.push('aborted')).on('close', () => events.push('request'))
    req.on('error', (error: NodeJS.ErrnoException) => events.push(error.code!))
    res.on('close', () => events.push('response'))
    req.socket.on('close', () => events.push('socket'))
  })
  client.request(1, '/', { method: 'POST', body: true })
  await client.until(() => client.beats.length > 0)
  client.socket.destroy()
  while (events.length < 5) await new Promise(setImmediate)
  expect(events).toEqual(['aborted', 'response', 'socket', 'ECONNRESET', 'request'])
  expect(front.inFlight).toBe(0)
})

test('a request that has its turn, and whose link breaks before that could be said, keeps no other from its own', async () => {
  const gate = new Gate(2)
  const { client, front } = await link((_req, res) => res.end(Buffer.alloc(50_000_000)), gate)
  // It reads nothing: what is written to it waits.
  client.socket.pause()
  client.request(1, '/')
  client.credit(1, 50_000_000)
  await until('the first', () => front.requests === 1)
  client.request(2, '/', { method: 'POST', flags: requestFlag.askTaken })
  client.request(3, '/')
  await until('the turn of the second', () => gate.waiting === 1)
  client.socket.destroy()
  let begun = 0
  for (let id = 0; id < 2; id++) gate.ask({ begin: () => ++begun > 0 })
  await until('the turn of others', () => begun === 2)
  expect(front.requests).toBe(1)
})
