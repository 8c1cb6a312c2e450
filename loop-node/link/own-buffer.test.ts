import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'

import { expect, test } from 'vitest'

import { readIntoOwnBuffer } from './own-buffer.ts'

// Else what is read behind it is the memory that the next read was to go to, whatever that holds.
test('reads what was sent, also when something throws behind a read and the process survives it', async () => {
  const listeners = process.rawListeners('uncaughtException') as (() => void)[]
  process.removeAllListeners('uncaughtException')
  let thrown = 0
  process.on('uncaughtException', () => (thrown += 1))
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]

  const texts: string[] = []
  let heard = (): void => {}
  const socket = readIntoOwnBuffer(accepted, (bytes, count) => {
    texts.push(bytes.toString('latin1', 0, count))
    process.nextTick(() => {
      throw new Error('of the app')
    })
    heard()
    return true
  })
  socket.resume()
  for (const text of ['one', 'two', 'three']) {
    const read = new Promise<void>((resolve) => (heard = resolve))
    client.write(text)
    await read
  }
  await new Promise(setImmediate)
  expect(texts).toEqual(['one', 'two', 'three'])
  expect(thrown).toBe(3)

  client.destroy()
  socket.destroy()
  server.close()
  process.removeAllListeners('uncaughtException')
  for (const listener of listeners) process.on('uncaughtException', listener)
})
