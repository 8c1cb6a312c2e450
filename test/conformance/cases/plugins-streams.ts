import { WebSocket } from 'ws'

import { readAnswer, readHead } from '../answer.ts'
import { Arriving, asks, bytesOf, inTime, scene, type Ask, type Case } from '../case.ts'

const stream = (path: string, lastId?: string): Ask => ({
  path,
  fields: [['Accept', 'text/event-stream'], ...(lastId === undefined ? [] : [['Last-Event-ID', lastId] as const])],
})
const upgrade = (path: string): Ask => ({
  path,
  fields: [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Protocol', 'chat, echo'],
  ],
})

/** Sends each message once the answer to the one before has come, and returns all that happened. */
async function converse(port: number, path: string, messages: readonly (string | Buffer)[], options: object = {}): Promise<unknown[]> {
  const events: unknown[] = []
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['echo'], options)
  const left = [...messages]
  const closed = new Promise<void>((resolve) => {
    socket.on('open', () => events.push(['open', socket.protocol, socket.extensions]))
    socket.on('message', (data, binary) => {
      const text = String(data)
      events.push([binary ? 'binary' : 'text', text.length > 100 ? `${text.length} characters` : text])
      if (left.length > 0) socket.send(left.shift()!)
    })
    socket.on('pong', (data) => events.push(['pong', String(data)]))
    socket.on('unexpected-response', (_request, response) => events.push(['refused', response.statusCode]))
    socket.on('error', () => {})
    socket.on('close', (code, reason) => {
      events.push(['close', code, String(reason)])
      resolve()
    })
  })
  try {
    await inTime(closed, 'the WebSocket to close')
  } finally {
    socket.terminate()
  }
  return events
}

/** sse and websocket. */
export const streamCases: readonly Case[] = [
  scene('sse: events in order, each before the next is sent', [200], async (client) => {
    const arriving = new Arriving()
    const answer = client.ask(stream('/sse/events/e', '41'), arriving.watch)
    await arriving.until('id: 1\n')
    await client.open('e-2')
    await arriving.until('id: 2\n')
    await client.open('e-3')
    return [await answer]
  }),
  asks('sse: a client that wants something else', [406, { path: '/sse/events/none', fields: [['Accept', 'application/json']] }]),
  asks('sse: comments, by hand', [200, stream('/sse/by-hand')]),
  scene('sse: the app hears that its client has gone', [200], async (client) => {
    const wire = await client.connect()
    const arriving = new Arriving()
    wire.send(bytesOf(stream('/sse/endless/x')))
    const answer = readAnswer(wire, 'GET', arriving.watch)
    await arriving.until('here')
    wire.reset()
    await answer
    return [await client.ask({ path: '/sse/left/x' })]
  }),

  scene('websocket: the handshake', [], async (client) => {
    const wire = await client.connect()
    wire.send(bytesOf(upgrade('/websocket/echo?a=1')))
    const { status, reason, fields } = await readHead(wire)
    return [{ status, reason, fields: fields.map((field) => field.join(': ')).sort() }]
  }),
  asks('websocket: refused by the app', [401, upgrade('/websocket/guarded')], [404, upgrade('/websocket/nowhere')]),
  asks('websocket: asked without an upgrade', [404, '/websocket/echo']),
  scene('websocket: text, binary, 1 MiB and a close of the app’s', [], (client) =>
    converse(client.port, '/websocket/echo?q=ü', ['text ä', Buffer.from([1, 2, 3]), 'x'.repeat(1024 * 1024), '', 'leave'], {
      headers: { Cookie: 'c=1' },
    }),
  ),
  scene('websocket: without compression', [], (client) =>
    converse(client.port, '/websocket/echo', ['one', 'two', 'leave'], { perMessageDeflate: false }),
  ),
  scene('websocket: too large a message', [], (client) => converse(client.port, '/websocket/echo', ['x'.repeat(3 * 1024 * 1024)])),
]
