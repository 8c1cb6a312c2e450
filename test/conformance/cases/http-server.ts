import { readAnswer, readHead } from '../answer.ts'
import { asks, scene, type Client } from '../case.ts'
import { patternBytes } from '../files.ts'
import type { Suite } from '../suites.ts'
import type { Wire } from '../wire.ts'

const expecting = async (client: Client, path: string): Promise<Wire> => {
  const wire = await client.connect()
  wire.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`)
  return wire
}

const upgrade = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

async function readBytes(wire: Wire, length: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let left = length; left > 0; left -= pieces.at(-1)!.length) pieces.push(await wire.some(left))
  return Buffer.concat(pieces)
}

export const httpServer: Suite = {
  app: { name: 'http-server', file: 'test/conformance/apps/http-server.js', kind: 'listener' },
  cases: [
    asks('a plain request', [200, '/'], [200, { method: 'POST', path: '/', body: 'hello' }]),
    scene('checkContinue that goes on', [200], async (client) => {
      const wire = await expecting(client, '/')
      const invitation = await readHead(wire)
      wire.send('hello')
      return [invitation, await readAnswer(wire, 'POST')]
    }),
    scene('checkContinue that hints before it goes on', [200], async (client) => {
      const wire = await expecting(client, '/hinted')
      const heads = [await readHead(wire), await readHead(wire)]
      wire.send('hello')
      return [...heads, await readAnswer(wire, 'POST')]
    }),
    scene('checkContinue that refuses', [403], async (client) => [await readAnswer(await expecting(client, '/refused'), 'POST')]),
    scene('an upgrade by hand, and bytes both ways', [], async (client) => {
      const wire = await client.connect()
      wire.send(upgrade('/tunnel'))
      const { status, reason, fields } = await readHead(wire)
      const bytes = patternBytes(300_000)
      wire.send(bytes)
      const back = await readBytes(wire, bytes.length)
      wire.socket.end()
      await wire.ended()
      return [{ status, reason, fields: fields.map((field) => field.join(': ')).sort(), same: back.equals(bytes), left: wire.unread }]
    }),
    scene('an upgrade refused by hand', [403], async (client) => {
      const wire = await client.connect()
      wire.send(upgrade('/refused'))
      return [await readAnswer(wire, 'GET')]
    }),
  ],
}
