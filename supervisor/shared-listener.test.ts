import net, { type AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { listenUrl, openSharedListener } from './shared-listener.ts'

test('port 0 takes a free one and says which', async () => {
  const listener = await openSharedListener('127.0.0.1:0')
  onTestFinished(() => listener.close())
  expect(listener.port).toBeGreaterThan(0)
  expect(listenUrl(listener)).toBe(`http://127.0.0.1:${listener.port}`)
})

test('a server can listen on the handle under its port, by a name too', async () => {
  const listener = await openSharedListener('localhost:0')
  const server = net.createServer((socket) => socket.end('hello')).listen(listener.handle)
  onTestFinished(() => void server.close())
  const socket = net.connect(listener.port, 'localhost')
  const [text] = await socket.setEncoding('utf8').toArray()
  expect(text).toBe('hello')
})

test('a port that another program listens on is an error with a remedy', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(openSharedListener(address)).rejects.toThrow(
    `cannot listen on ${address}: the port is in use by another program; choose another with --listen, or stop that one`,
  )
})

test('an address of another machine and a name that does not exist are errors with a remedy', async () => {
  await expect(openSharedListener('192.0.2.1:8080')).rejects.toThrow(
    'cannot listen on 192.0.2.1:8080: this machine has no such address; choose one of its own with --listen',
  )
  await expect(openSharedListener('name.invalid:8080')).rejects.toThrow(
    'cannot listen on name.invalid:8080: the host name cannot be resolved',
  )
})
