import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { listenPrivately, servedAddress, serveTarget } from './serve-target.ts'

test.each([
  ['link+unix:/run/loop.sock', { lane: 'link', path: '/run/loop.sock' }],
  ['link+tcp://0.0.0.0:7400', { lane: 'link', host: '0.0.0.0', port: 7400 }],
  ['http://127.0.0.1:0', { lane: 'http', host: '127.0.0.1', port: 0 }],
])('%s is served as it says', (address, target) => {
  expect(serveTarget(address)).toEqual(target)
  expect(servedAddress(serveTarget(address))).toBe(address)
})

test('a port that was chosen by the system is shown', () => {
  expect(servedAddress(serveTarget('link+tcp://[::1]:0'), 7400)).toBe('link+tcp://[::1]:7400')
})

test.each(['dns+link://loops:7400', 'nonsense'])('%s is refused with what is accepted', (address) => {
  expect(() => serveTarget(address)).toThrow(/--serve is .*link\+tcp:\/\/HOST:PORT/)
})

test('a socket file is its owner’s alone, and other files are made as ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'))
  const target = serveTarget(`link+unix:${join(folder, 's')}`)
  const before = process.umask()
  const server = net.createServer()
  listenPrivately(target, () => void server.listen(target))
  expect(process.umask()).toBe(before)
  await once(server, 'listening')
  expect(statSync(join(folder, 's')).mode & 0o777).toBe(0o600)
  server.close()
  rmSync(folder, { recursive: true })
})
