import { once } from 'node:events'
import net, { type Socket } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { Acceptor } from './acceptor.ts'

const clients: Socket[] = []
const acceptors: Acceptor[] = []
const readers: Socket[] = []

afterEach(async () => {
  for (const socket of [...clients.splice(0), ...readers.splice(0)]) socket.destroy()
  for (const acceptor of acceptors.splice(0)) await new Promise<void>((resolve) => acceptor.close(resolve))
})

interface Started {
  readonly acceptor: Acceptor
  readonly read: string[]
  readonly http: Socket[]
  dropped(): number
  connect(): Promise<Socket>
}

async function start({ maxConnections = 10, readsItself = true, pause = false } = {}): Promise<Started> {
  const read: string[] = []
  const http: Socket[] = []
  let dropped = 0
  const acceptor = new Acceptor({
    maxConnections,
    readsItself: () => readsItself,
    onRead: (socket) => {
      readers.push(socket.on('end', () => socket.end()))
      return {
        read: (count, bytes) => {
          read.push(bytes.toString('latin1', 0, count))
          return !pause
        },
      }
    },
    onHttp: (socket) => {
      http.push(socket)
      socket.on('end', () => socket.end()).resume()
    },
    onDrop: () => (dropped += 1),
  })
  acceptors.push(acceptor)
  const { port } = await acceptor.listen({ host: '127.0.0.1', port: 0 })
  return {
    acceptor,
    read,
    http,
    dropped: () => dropped,
    connect: async () => {
      const client = net.connect(port, '127.0.0.1')
      clients.push(client)
      client.on('error', () => {})
      await once(client, 'connect')
      return client
    },
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('gives what arrives to its reader, and counts the connection until it is gone', async () => {
  const { acceptor, read, connect } = await start()
  const client = await connect()
  client.write('abc')
  await until(() => read.length > 0)
  expect([read.join(''), acceptor.connections]).toEqual(['abc', 1])
  client.end()
  await until(() => acceptor.connections === 0)
})

test('reads nothing more for a reader that is not ready', async () => {
  const { read, connect } = await start({ pause: true })
  const client = await connect()
  client.write('abc')
  await until(() => read.length === 1)
  const taken = new Promise((resolve) => client.write('def', resolve))
  await taken
  await new Promise((resolve) => setImmediate(resolve))
  expect(read).toEqual(['abc'])
  readers.at(-1)!.resume()
  await until(() => read.length === 2)
})

test("leaves connections to Node's server where it does not read itself", async () => {
  const { acceptor, http, read, connect } = await start({ readsItself: false })
  const client = await connect()
  client.write('abc')
  await until(() => http.length === 1)
  expect([read, acceptor.connections]).toEqual([[], 1])
})

test('closes what is over the limit, and takes another when one has gone', async () => {
  const { acceptor, dropped, read, connect } = await start({ maxConnections: 1 })
  const first = await connect()
  const second = await connect()
  await once(second, 'close')
  expect([dropped(), acceptor.connections]).toEqual([1, 1])
  first.end()
  await until(() => acceptor.connections === 0)
  const third = await connect()
  third.write('third')
  await until(() => read.length === 1)
})

test('close is over when the last connection is', async () => {
  const { acceptor, connect } = await start()
  const client = await connect()
  await until(() => acceptor.connections === 1)
  let closed = false
  acceptor.close(() => (closed = true))
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  expect(closed).toBe(false)
  client.end()
  await until(() => closed)
})

test('says that a port is taken', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as net.AddressInfo
  const acceptor = new Acceptor({
    maxConnections: 1,
    readsItself: () => false,
    onRead: () => ({ read: () => true }),
    onHttp: () => {},
    onDrop: () => {},
  })
  await expect(acceptor.listen({ host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE')
  taken.close()
})
