import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { type Cluster, startCluster } from './support/cluster.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/holding-routes-app.js'

const classOf = ({ routes }: ClusterStatus, name: string): string | undefined => routes.find(({ route }) => route === name)?.class

const isolated = ({ loops }: ClusterStatus): string[] => loops.filter((loop) => loop.isolated).map(({ id }) => id)

async function loopOf(url: string): Promise<string> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  return response.headers.get('x-loop')!
}

/** The loops that so many requests were given to, each by itself, asked for a few at a time. */
async function loopsOf(cluster: Cluster, path: string, count: number, atOnce = 2): Promise<string[]> {
  const loops: string[] = []
  const ask = async (): Promise<void> => {
    for (let asked = 0; asked < count / atOnce; asked += 1) loops.push(await loopOf(`${cluster.url}${path}`))
  }
  await Promise.all(Array.from({ length: atOnce }, ask))
  return loops
}

/** Both routes are in use, until what is awaited has come about. */
async function whileUsed<T>(cluster: Cluster, awaited: Promise<T>): Promise<T> {
  const over = new AbortController()
  const use = async (path: string): Promise<void> => {
    while (!over.signal.aborted) await loopOf(`${cluster.url}${path}`)
  }
  const users = [use('/light'), use('/light'), use('/report')]
  try {
    return await awaited
  } finally {
    over.abort()
    await Promise.all(users)
  }
}

test('a route that is found to block is confined, and the others keep away from its loops', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '4', '--balancers', '1'] })
  const status = await whileUsed(
    cluster,
    // The supervisor hears of requests once a second: of the loop that is kept it may know before it knows why.
    cluster.waitFor('isolated loops and their route', (now) => isolated(now).length > 0 && classOf(now, '/report') === 'blocking'),
  )
  const kept = isolated(status)
  // The last ones, so that several balancers agree.
  expect(kept).toEqual(['0', '1', '2', '3'].slice(4 - kept.length))
  const [blocking, light] = await Promise.all([loopsOf(cluster, '/report', 10, 1), loopsOf(cluster, '/light', 100)])
  const now = isolated(await cluster.status())
  // One that would wait for long takes another loop, as when this machine has no time for the one that is kept.
  const confined = blocking.filter((loop) => kept.includes(loop) || now.includes(loop))
  expect(confined.length).toBeGreaterThan(blocking.length / 2)
  for (const loop of new Set(light)) expect(kept.filter((id) => now.includes(id))).not.toContain(loop)
  expect(await cluster.metric('evenloop_loop_isolated')).toHaveLength(4)
})

test('with one loop nothing changes', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '1'] })
  await whileUsed(
    cluster,
    cluster.waitFor('the class of the route', (now) => classOf(now, '/report') === 'blocking'),
  )
  expect(isolated(await cluster.status())).toEqual([])
  expect(await loopsOf(cluster, '/report', 4)).toEqual(['0', '0', '0', '0'])
})

test('several balancers keep the same loops', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '4', '--balancers', '3'] })
  const status = await whileUsed(
    cluster,
    cluster.waitFor('isolated loops', (now) => isolated(now).length > 0),
  )
  expect(status.balancers).toHaveLength(3)
  // Whichever of them takes a connection, its light requests keep away from the loops that are kept.
  const light = await loopsOf(cluster, '/light', 120, 6)
  const kept = isolated(await cluster.status())
  for (const id of isolated(status).filter((loop) => kept.includes(loop))) expect(light).not.toContain(id)
})

test('what the app declares counts from its first request on, and the configuration above it', async () => {
  const declared = await startCluster({ app, args: ['--loops', '3', '--balancers', '1'] })
  const explain = async (cluster: Cluster): Promise<string> => {
    const { decisions } = (await (await fetch(`${cluster.adminUrl}/api/explain?method=GET&path=/declared`)).json()) as {
      decisions: { class: string }[]
    }
    return decisions[0]!.class
  }
  await until('the class', async () => (await explain(declared)) === 'blocking')
  const configured = await startCluster({ app, args: ['--loops', '3', '--balancers', '1', '--routes', '/declared=async'] })
  await loopsOf(configured, '/light', 4)
  expect(await explain(configured)).toBe('async')
})

test('isolation can be switched off', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '2', '--isolation-mode', 'off'] })
  await whileUsed(
    cluster,
    cluster.waitFor('the class of the route', (now) => classOf(now, '/report') === 'blocking'),
  )
  expect(isolated(await cluster.status())).toEqual([])
})
