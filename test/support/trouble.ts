import { once } from 'node:events'
import http from 'node:http'

import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

import type { Cluster } from './cluster.ts'
import { signal } from './program.ts'
import { until } from './wait.ts'

/** A bad day in short, on a cluster of two loops with few places: what a dashboard is looked at for. */
export interface Trouble {
  /** Everything that can be had again and again: blocks, refusals, errors of the app, requests on the lane http. */
  round(): Promise<void>
  /** A loop dies with requests in its hands. */
  death(): Promise<void>
}

export async function troubleFor(cluster: Cluster): Promise<Trouble> {
  // A WebSocket stays open: it is an upgraded connection, and on the lane http.
  const socket = new WebSocket(`${cluster.url.replace('http', 'ws')}/ws`)
  socket.on('error', () => {})
  await once(socket, 'open')
  onTestFinished(() => socket.terminate())

  const status = async (path: string, init?: RequestInit): Promise<number> => {
    const response = await fetch(cluster.url + path, init)
    await response.arrayBuffer()
    return response.status
  }
  const many = (count: number, path: string): Promise<number[]> =>
    Promise.all(Array.from({ length: count }, () => status(path).catch(() => 0)))

  return {
    round: async () => {
      await Promise.all([many(3, '/fail'), many(3, '/not-there'), absoluteForm(cluster), many(60, '/io?ms=300')])
      // One for each loop at least.
      await many(6, '/block?ms=400')
    },
    death: async () => {
      const before = (await cluster.status()).loops[1]!
      const held = many(8, '/io?ms=1500')
      await cluster.waitFor('requests on both loops', ({ loops }) => loops.every(({ inFlight }) => inFlight > 0))
      signal(before.pid, 'SIGKILL')
      await held
      await cluster.waitFor('the successor', ({ loops }) => loops[1]!.state === 'ready' && loops[1]!.pid !== before.pid)
      await standStill(cluster)
      await until('a whole block', async () => (await status('/block?ms=2500')) === 200)
    },
  }
}

/** Every loop stands still until more wait than k6 has users, and for a second on: what is due then has nobody to send it. */
async function standStill(cluster: Cluster): Promise<void> {
  const { loops, uptimeSeconds } = await cluster.status()
  for (const { pid } of loops) signal(pid, 'SIGSTOP')
  const { uptimeSeconds: since } = await cluster.waitFor('nobody left to ask', ({ balancers, uptimeSeconds: now }) => {
    const waiting = balancers.reduce((sum, { inFlight, queued }) => sum + inFlight + queued, 0)
    return waiting >= 10 || now - uptimeSeconds > 5
  })
  await cluster.waitFor('a second more', ({ uptimeSeconds: now }) => now - since > 1)
  for (const { pid } of loops) signal(pid, 'SIGCONT')
}

/** A request whose target is not plainly simple takes the lane http. */
async function absoluteForm({ port, url }: Cluster): Promise<void> {
  const [response] = (await once(http.get({ host: '127.0.0.1', port, path: `${url}/`, agent: false }), 'response')) as [
    http.IncomingMessage,
  ]
  response.resume()
  await once(response, 'end')
}
