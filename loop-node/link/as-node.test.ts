import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { afterEach, expect, test } from 'vitest'

import { requestFlag } from '../../link/frame.ts'
import { closeLinks, link } from '../../test/support/link-client.ts'

afterEach(closeLinks)

interface Sent {
  readonly method?: string
  readonly body?: string
  readonly headers?: readonly string[]
  readonly flags?: number
}

type Handler = (req: http.IncomingMessage, res: http.ServerResponse, note: (event: string) => void) => void

const withoutDate = (text: string): string => text.replaceAll(/Date: .*\r\n/g, '')

/** The bytes of the answer and what the app noted, over the link. */
async function overLink(handler: Handler, sent: Sent): Promise<{ text: string; notes: string[] }> {
  const notes: string[] = []
  const { client, front } = await link((req, res) => handler(req, res, (event) => notes.push(event)))
  const { body, flags = 0 } = sent
  const answer = client.request(1, '/path?a=b', {
    ...sent,
    flags,
    body: body !== undefined,
    headers: ['Host', 'test', ...(sent.headers ?? [])],
  })
  if (body !== undefined) client.send(1, body, true)
  await client.until(() => answer.ended)
  while (front.inFlight > 0) await new Promise(setImmediate)
  await new Promise(setImmediate)
  return { text: withoutDate(answer.text), notes }
}

/** The same from Node's own server. */
async function overHttp(handler: Handler, { method = 'GET', body, headers = [] }: Sent): Promise<{ text: string; notes: string[] }> {
  const notes: string[] = []
  const server = http.createServer({ keepAliveTimeout: 75_000 }, (req, res) => handler(req, res, (event) => notes.push(event)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  const lines = [`${method} /path?a=b HTTP/1.1`, 'Host: test']
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`)
  if (body !== undefined) lines.push(`Content-Length: ${body.length}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`)
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  const [, res] = (await once(server, 'request')) as [unknown, http.ServerResponse]
  await new Promise((resolve) => (res.closed ? resolve(undefined) : res.once('close', resolve)))
  await new Promise(setImmediate)
  socket.end()
  await once(socket, 'close')
  server.close()
  return { text: withoutDate(text), notes }
}

const events: Handler = (req, res, note) => {
  for (const name of ['data', 'end', 'close', 'aborted', 'error']) req.on(name, () => note(`req ${name}`))
  for (const name of ['prefinish', 'finish', 'close', 'error']) res.on(name, () => note(`res ${name}`))
}

const cases: Record<string, [Handler, Sent]> = {
  'a text': [(_req, res) => res.end('hello'), {}],
  nothing: [(_req, res) => res.end(), {}],
  'what it reads of the request': [
    (req, res) => res.end(JSON.stringify([req.method, req.url, req.headers, req.rawHeaders, req.httpVersion, req.headersDistinct])),
    { headers: ['X-One', '1', 'x-one', '2', 'Cookie', 'a=1', 'Cookie', 'b=2', 'Accept', '*/*'] },
  ],
  HEAD: [(_req, res) => res.setHeader('content-length', 5).end('hello'), { method: 'HEAD' }],
  '204': [(_req, res) => res.writeHead(204).end(), {}],
  '304': [(_req, res) => res.writeHead(304, { etag: '"x"' }).end(), {}],
  'a message of its own': [(_req, res) => res.writeHead(299, 'Fine', { 'x-a': ['1', '2'] }).end('x'), {}],
  'text in another encoding': [(_req, res) => res.end('zażółć ÿ', 'utf16le'), {}],
  latin1: [(_req, res) => res.setHeader('x-name', 'ÿ').end('ÿ', 'latin1'), {}],
  bytes: [(_req, res) => res.end(Buffer.from([1, 2, 255])), {}],
  parts: [
    (_req, res) => {
      res.write('one')
      res.write(Buffer.from('two'))
      res.end('three')
    },
    {},
  ],
  'parts over time': [
    (_req, res) => {
      res.write('one')
      setImmediate(() => {
        res.write('two')
        setImmediate(() => res.end())
      })
    },
    {},
  ],
  'corked parts': [
    (_req, res) => {
      res.cork()
      res.write('one')
      res.write('two')
      res.uncork()
      res.end()
    },
    {},
  ],
  'a head ahead of its body': [
    (_req, res) => {
      res.flushHeaders()
      setImmediate(() => res.end('later'))
    },
    {},
  ],
  trailers: [
    (_req, res) => {
      res.writeHead(200, { trailer: 'x-sum' })
      res.write('body')
      res.addTrailers({ 'x-sum': '42' })
      res.end()
    },
    {},
  ],
  'early hints, processing and the response': [
    (_req, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' })
      res.writeProcessing()
      res.end('x')
    },
    {},
  ],
  'early hints while corked': [
    (_req, res) => {
      res.cork()
      res.writeEarlyHints({ link: '</a.css>; rel=preload' })
      res.end('x')
    },
    {},
  ],
  'a response that closes': [(_req, res) => res.setHeader('connection', 'close').end('x'), {}],
  'a request that closes': [(_req, res) => res.end('x'), { headers: ['Connection', 'close'], flags: requestFlag.last }],
  'an expectation': [
    (req, res) => void req.on('data', (part: Buffer) => res.write(part)).on('end', () => res.end()),
    {
      method: 'POST',
      body: 'body',
      headers: ['Expect', '100-continue'],
      flags: requestFlag.expect,
    },
  ],
  'an echo': [(req, res) => void pipeline(req, res), { method: 'POST', body: 'some body' }],
  'a stream': [(_req, res) => void pipeline(Readable.from(['a', 'b', 'c']), res), {}],
  'events of a plain response': [(req, res, note) => (events(req, res, note), res.end('x')), {}],
  'events of a body that is read': [
    (req, res, note) => {
      events(req, res, note)
      req.on('end', () => res.end('x'))
    },
    { method: 'POST', body: 'x' },
  ],
  'events where nobody reads': [
    (req, res, note) => {
      for (const name of ['end', 'close']) req.on(name, () => note(`req ${name}`))
      for (const name of ['finish', 'close']) res.on(name, () => note(`res ${name}`))
      res.end('x')
    },
    { method: 'POST', body: 'unread' },
  ],
}

test.each(Object.entries(cases))('answers as Node’s own server does: %s', async (_name, [handler, sent]) => {
  const [http1, linked] = await Promise.all([overHttp(handler, sent), overLink(handler, sent)])
  expect(linked).toEqual(http1)
})
