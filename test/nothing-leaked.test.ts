import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'
import WebSocket from 'ws'

import { startCluster, type Cluster } from './support/cluster.ts'
import { temporaryFolder } from './support/ledger.ts'
import { socketCount } from './support/processes.ts'
import { root, signal } from './support/program.ts'
import { connectRaw } from './support/raw.ts'
import { until } from './support/wait.ts'

const waves = 50
const perKind = 34
const clients = waves * perKind * 3

// A quarter of what one abandoned exchange keeps alive at the least (two messages and two sockets are more than
// 4 KiB), for each of the clients.
const heapMargin = clients * 1_024

/** Sends the first part of a body, and goes when the balancer must have passed some of it on. */
async function vanishInUpload(port: number): Promise<void> {
  const client = await connectRaw(port)
  client.send('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n')
  await client.until((text) => text.includes('100 Continue'))
  client.send('x'.repeat(40_000))
  await new Promise((resolve) => setImmediate(resolve))
  client.vanish()
}

/** Reads the head and some of an endless body, and goes. */
async function vanishInDownload(port: number): Promise<void> {
  const client = await connectRaw(port)
  client.send('GET /download HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until((text) => text.length > 20_000)
  client.vanish()
}

/** Exchanges a message, and goes without a closing handshake. */
async function vanishInWebSocket(port: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.on('message', (message: Buffer) => {
      if (message.toString() === 'hello') socket.send('there')
      else resolve()
    })
  })
  socket.terminate()
}

const wave = (port: number): Promise<unknown> =>
  Promise.all(Array.from({ length: perKind }, () => [vanishInUpload(port), vanishInDownload(port), vanishInWebSocket(port)]).flat())

/** Every loop and balancer with what it holds, once nothing is under way. */
async function settle(cluster: Cluster, reports: string): Promise<{ name: string; sockets: number; heap: number }[]> {
  const status = await cluster.waitFor(
    'nothing under way',
    ({ loops, balancers }) =>
      loops.every((loop) => loop.inFlight === 0) &&
      balancers.every((balancer) => balancer.inFlight === 0 && balancer.queued === 0 && balancer.connections === 0),
  )
  const processes = [
    ...status.loops.map(({ id, pid }) => ({ name: `loop ${id}`, pid })),
    ...status.balancers.map(({ id, pid }) => ({ name: `balancer ${id}`, pid })),
  ]
  return Promise.all(processes.map(async ({ name, pid }) => ({ name, sockets: socketCount(pid), heap: await heapOf(pid, reports) })))
}

async function heapOf(pid: number, reports: string): Promise<number> {
  const path = join(reports, String(pid))
  rmSync(path, { force: true })
  signal(pid, 'SIGUSR2')
  return Number(await until(`the heap of ${pid}`, () => readFileSync(path, 'utf8')))
}

test.each(['link', 'http'])(
  `on the %s lane ${clients} clients that vanish mid-upload, mid-download and mid-WebSocket leave nothing behind`,
  { timeout: 300_000 },
  async (lane) => {
    const reports = temporaryFolder()
    const cluster = await startCluster({
      app: 'test/fixtures/vanish-app.js',
      args: ['--loops', '2', '--balancers', '1', '--lane', lane],
      env: { NODE_OPTIONS: `--expose-gc --require ${join(root, 'test/fixtures/report-heap.cjs')}`, HEAP_REPORTS: reports },
    })
    // The first waves fill what is kept on purpose: idle connections to the loops, compiled code.
    for (let count = 0; count < 5; count += 1) await wave(cluster.port)
    const before = await settle(cluster, reports)
    for (let count = 0; count < waves; count += 1) await wave(cluster.port)
    const after = await settle(cluster, reports)

    for (const [index, { name, sockets, heap }] of after.entries()) {
      const was = before[index]!
      expect(was.name).toBe(name)
      expect.soft(sockets, `sockets of ${name}`).toBeLessThanOrEqual(was.sockets + 2)
      expect.soft(heap, `heap of ${name}`).toBeLessThan(was.heap + heapMargin)
    }
    expect((await fetch(cluster.url)).status).toBe(200)
  },
)
