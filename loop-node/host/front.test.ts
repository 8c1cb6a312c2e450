import { once } from 'node:events'
import { createServer, IncomingMessage } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { anyOccupancy } from '../../test/support/occupancy.ts'
import { until } from '../../test/support/wait.ts'
import { Gate } from '../gate.ts'
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

test('a drain does not wait for requests that waited for their turn and whose clients have gone', async () => {
  const front = new Front(anyOccupancy(), new Gate(1))
  let answer: (() => void) | undefined
  const server = createServer((_req, res) => (answer = () => void res.end('ok')))
  front.attach(server)
  onTestFinished(() => {
    front.connections.destroyAll()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const ask = (): Socket => connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
  const first = ask()
  first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until('the first with the app', () => answer !== undefined)
  const accepted = once(server, 'connection')
  const second = ask()
  second.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until('the second at the gate', () => front.inFlight === 2)
  const [held] = (await accepted) as [Socket]
  second.destroy()
  await once(held, 'close')
  front.drain()
  const quiet = front.whenQuiet()
  answer!()
  await quiet
  expect([front.requests, front.inFlight]).toEqual([1, 0])
})

test('a drain lets those that wait for their turn have it, and ends their connections behind them', async () => {
  const front = new Front(anyOccupancy(), new Gate(1))
  const answers: (() => void)[] = []
  const server = createServer((_req, res) => void answers.push(() => void res.end('ok')))
  front.attach(server)
  onTestFinished(() => {
    front.connections.destroyAll()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const texts = ['', '']
  const clients = texts.map((_, index) => {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
    client.on('data', (text: string) => (texts[index] += text)).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    return once(client, 'close')
  })
  await until('both', () => front.inFlight === 2)
  front.drain()
  front.endUnused([])
  answers[0]!()
  await until('the turn of the second', () => answers.length === 2)
  answers[1]!()
  await Promise.all(clients)
  for (const text of texts) expect(text).toMatch(/connection: close[^]*ok$/i)
})
