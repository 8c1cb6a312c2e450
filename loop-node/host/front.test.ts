import { once } from 'node:events'
import { createServer, IncomingMessage } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { anyOccupancy } from '../../test/support/occupancy.ts'
import { Front, hideHeaders } from './front.ts'

const request = (rawHeaders: string[]): IncomingMessage => {
  const req = new IncomingMessage(new Socket())
  // As Node's parser fills it.
  ;(req as unknown as { _addHeaderLines(lines: string[], count: number): void })._addHeaderLines(rawHeaders, rawHeaders.length)
  return req
}

test('removes the balancer’s headers from every view of the request and says which there were', () => {
  const req = request(['Host', 'a', 'Evenloop-Taken', '1', 'EtaG', 'x', 'evenloop-taken', '2', 'Cookie', 'c'])
  expect(hideHeaders(req)).toEqual(new Set(['evenloop-taken']))
  expect(req.rawHeaders).toEqual(['Host', 'a', 'EtaG', 'x', 'Cookie', 'c'])
  expect(req.headers).toEqual({ host: 'a', etag: 'x', cookie: 'c' })
  expect({ ...req.headersDistinct }).toEqual({ host: ['a'], etag: ['x'], cookie: ['c'] })
})

test('leaves other requests alone', () => {
  const req = request(['Host', 'a'])
  expect(hideHeaders(req).size).toBe(0)
  expect({ ...req.headersDistinct }).toEqual({ host: ['a'] })
})

test('a request that the app answered on the socket is over when the client goes, though its body was not read', async () => {
  const front = new Front(anyOccupancy())
  const server = createServer((req) => req.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'))
  front.attach(server)
  onTestFinished(() => {
    front.connections.destroyAll()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  client.setEncoding('latin1').on('data', (text: string) => (answer += text))
  // More than Node takes in before somebody reads it.
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`)
  await once(client, 'close')
  await front.connections.whenEmpty()
  expect(answer).toMatch(/ok$/)
  expect([front.requests, front.inFlight]).toEqual([1, 0])
})
