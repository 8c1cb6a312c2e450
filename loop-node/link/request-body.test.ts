import http from 'node:http'
import { pipeline } from 'node:stream/promises'

import { fastify } from 'fastify'
import { afterEach, expect, test } from 'vitest'

import { initialWindow, requestFlag } from '../../link/frame.ts'
import { closeLinks, link } from '../../test/support/link-client.ts'

afterEach(closeLinks)

test('gives Fastify a body, also where it comes with the head', async () => {
  const app = fastify()
  app.post('/echo', (request) => request.body)
  await app.ready()
  const { client } = await link(app.server)
  const headers = ['Host', 'a', 'Content-Type', 'application/json', 'Content-Length', '7']
  const answer = client.request(1, '/echo', { method: 'POST', body: true, headers })
  client.send(1, '{"a":1}', true)
  await client.until(() => answer.ended)
  expect(answer.text).toMatch(/{"a":1}$/)
})

test('leaves it to the app whether the client is to go on, where it listens for checkContinue', async () => {
  const server = http.createServer()
  server.on('checkContinue', (req: http.IncomingMessage, res: http.ServerResponse) => {
    if (req.url === '/no') return void res.writeHead(413).end()
    res.writeContinue()
    server.emit('request', req, res)
  })
  server.on('request', (req, res) => void pipeline(req, res))
  const { client, front } = await link(server)
  const options = { method: 'POST', body: true, flags: requestFlag.expect, headers: ['Host', 'a', 'Expect', '100-continue'] }
  const no = client.request(1, '/no', options)
  const yes = client.request(2, '/yes', options)
  await client.until(() => no.ended && yes.interim.length > 0)
  expect(no).toMatchObject({ status: 413, interim: [] })
  client.send(1, '', true)
  client.send(2, 'body', true)
  await client.until(() => yes.ended)
  expect(yes.text).toContain('body')
  expect(front.requests).toBe(2)
})

test('gives credit for a body as the app reads it, and not before', async () => {
  let request: http.IncomingMessage | undefined
  const { client } = await link((req, res) => {
    request = req
    req.on('end', () => res.end('read'))
  })
  const answer = client.request(1, '/', { method: 'POST', body: true })
  client.send(1, Buffer.alloc(initialWindow), false)
  await client.until(() => request !== undefined)
  await client.until(() => client.beats.length > 1)
  expect(answer.credit).toBe(0)
  request!.resume()
  await client.until(() => answer.credit === initialWindow)
  client.send(1, Buffer.alloc(initialWindow), true)
  await client.until(() => answer.ended)
})

test('takes in the rest of a body that nobody reads, once the response is over', async () => {
  const { client, front } = await link((_req, res) => res.end('no thanks'))
  const answer = client.request(1, '/', { method: 'POST', body: true })
  await client.until(() => answer.ended)
  for (let part = 0; part < 4; part++) {
    const { credit } = answer
    client.send(1, Buffer.alloc(initialWindow / 2), false)
    await client.until(() => answer.credit > credit)
  }
  client.send(1, '', true)
  // The number is free again.
  const next = client.request(1, '/')
  await client.until(() => next.ended)
  expect(front).toMatchObject({ inFlight: 0, requests: 2 })
})

test('gives the app the trailers of a body', async () => {
  const { client } = await link((req, res) => {
    req.resume().on('end', () => res.end(JSON.stringify([req.trailers, req.rawTrailers])))
  })
  const answer = client.request(1, '/', { method: 'POST', body: true })
  client.send(1, 'body', false)
  client.trailers(1, [['X-Sum', '42']])
  await client.until(() => answer.ended)
  expect(answer.text).toContain('[{"x-sum":"42"},["X-Sum","42"]]')
})

test('waits with a stream’s number for the balancer’s own last word, where the app breaks off an upload', async () => {
  const { client } = await link((req, res) => {
    if (req.method === 'POST') req.destroy()
    else res.end()
  })
  const answer = client.request(1, '/', { method: 'POST', body: true })
  await client.until(() => answer.reset !== undefined)
  // These crossed the loop's reset.
  client.send(1, 'more', false)
  client.reset(1)
  const next = client.request(1, '/')
  await client.until(() => next.ended)
})
