import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { reasons } from '../proxy/balancing/placement.ts'
import { type Cluster, startCluster } from './support/cluster.ts'
import { explained } from './support/explained.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/holding-routes-app.js'
// Callers that are told why a loop was chosen.
const trusted = ['--trusted-proxies', '127.0.0.1']

const classOf = ({ routes }: ClusterStatus, name: string): string | undefined => routes.find(({ route }) => route === name)?.class

const isolated = ({ loops }: ClusterStatus): string[] => loops.filter((loop) => loop.isolated).map(({ id }) => id)

interface Choice {
  readonly loop: string
  readonly reason: string
  /** It was given to a loop that is kept for blocking routes while nothing stood against another one. */
  readonly strayed: boolean
}

/** Whom a request was given to and why, as the balancer says of that very request: what is kept may change between two of them. */
async function ask(url: string): Promise<Choice> {
  const response = await fetch(url, { headers: { 'evenloop-explain': '1' } })
  expect(response.status).toBe(200)
  await response.arrayBuffer()
  const loop = response.headers.get('x-loop')!
  const [, reason = '', list = ''] = /reason="([^"]*)".*candidates="([^"]*)"/.exec(response.headers.get('x-evenloop-decision') ?? '') ?? []
  const candidates = list.split(' ')
  const isKept = candidates.some((candidate) => candidate.startsWith(`${loop}:`) && candidate.endsWith('(isolated)'))
  return { loop, reason, strayed: isKept && candidates.some((candidate) => /^\d+:\d+$/.test(candidate)) }
}

/** The choices for so many requests, asked for a few at a time. */
async function choices(cluster: Cluster, path: string, count: number, atOnce = 2): Promise<Choice[]> {
  const chosen: Choice[] = []
  const askOften = async (): Promise<void> => {
    for (let asked = 0; asked < count / atOnce; asked += 1) chosen.push(await ask(`${cluster.url}${path}`))
  }
  await Promise.all(Array.from({ length: atOnce }, askOften))
  return chosen
}

/** Both routes are in use, until what is awaited has come about. */
async function whileUsed<T>(cluster: Cluster, awaited: Promise<T>): Promise<T> {
  const over = new AbortController()
  const use = async (path: string): Promise<void> => {
    while (!over.signal.aborted) await ask(`${cluster.url}${path}`)
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
  const cluster = await startCluster({ app, args: ['--loops', '4', '--balancers', '1', ...trusted] })
  const blocking: Choice[] = []
  const light: Choice[] = []
  const status = await whileUsed(
    cluster,
    // The supervisor hears of requests once a second: of the loop that is kept it may know before it knows why.
    cluster
      .waitFor('isolated loops and their route', (now) => isolated(now).length > 0 && classOf(now, '/report') === 'blocking')
      .then(async (now) => {
        light.push(...(await choices(cluster, '/light', 100)))
        const confined = (): number => blocking.filter(({ reason }) => reason === reasons.isolated).length
        while (confined() < 10) blocking.push(await ask(`${cluster.url}/report`))
        return now
      }),
  )
  const kept = isolated(status)
  // The last ones, so that several balancers agree.
  expect(kept).toEqual(['0', '1', '2', '3'].slice(4 - kept.length))
  // One that would wait for long takes another loop, as when this machine has no time for the one that is kept.
  for (const { reason } of blocking) expect([reasons.isolated, reasons.impatient]).toContain(reason)
  expect(light.filter(({ strayed }) => strayed)).toEqual([])
  expect(await cluster.metric('evenloop_loop_isolated')).toHaveLength(4)
})

test('with one loop nothing changes', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '1'] })
  await whileUsed(
    cluster,
    cluster.waitFor('the class of the route', (now) => classOf(now, '/report') === 'blocking'),
  )
  expect(isolated(await cluster.status())).toEqual([])
  for (const { loop } of await choices(cluster, '/report', 4)) expect(loop).toBe('0')
})

test('several balancers keep the same loops', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '4', '--balancers', '3', ...trusted] })
  const keptByEach = async (): Promise<string[]> =>
    (await explained(cluster, '/light')).map(({ candidates }) =>
      candidates
        .filter(({ standing }) => standing === 'isolated')
        .map(({ loop }) => loop)
        .join(),
    )
  const light: Choice[] = []
  await whileUsed(
    cluster,
    until('three balancers that keep the same loops', async () => {
      const [first, ...others] = await keptByEach()
      return others.length === 2 && first !== '' && others.every((kept) => kept === first)
    }).then(async () => light.push(...(await choices(cluster, '/light', 120, 6)))),
  )
  // Whichever of them takes a connection, its light requests keep away from the loops that are kept.
  expect(light.filter(({ strayed }) => strayed)).toEqual([])
})

test('what the app declares counts from its first request on, and the configuration above it', async () => {
  const declared = await startCluster({ app, args: ['--loops', '3', '--balancers', '1'] })
  await until('the class', async () => (await explained(declared, '/declared'))[0]!.class === 'blocking')
  const configured = await startCluster({ app, args: ['--loops', '3', '--balancers', '1', '--routes', '/declared=async'] })
  await choices(configured, '/light', 4)
  expect((await explained(configured, '/declared'))[0]!.class).toBe('async')
})

test('isolation can be switched off', async () => {
  const cluster = await startCluster({ app, args: ['--loops', '2', '--isolation-mode', 'off'] })
  await whileUsed(
    cluster,
    cluster.waitFor('the class of the route', (now) => classOf(now, '/report') === 'blocking'),
  )
  expect(isolated(await cluster.status())).toEqual([])
})
