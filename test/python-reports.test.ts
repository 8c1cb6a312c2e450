import { beforeAll, expect, test } from 'vitest'

import type { LoopStatus } from '../core/status.ts'
import type { Cluster } from './support/cluster.ts'
import { frameworks, installFrameworks, startFramework } from './support/python.ts'

// What evenloop_report.py says of servers that are held, each in the way that only it can see.
beforeAll(installFrameworks, 300_000)

const start = (name: string): Promise<Cluster> => startFramework(frameworks.find((framework) => framework.name === name)!)

const anyLoop = (cluster: Cluster, what: string, shows: (loop: LoopStatus) => boolean): Promise<unknown> =>
  cluster.waitFor(what, ({ loops }) => loops.some(shows))

/** All at once: each needs seconds, and hardly a CPU. */
const each = (names: readonly string[], check: (cluster: Cluster) => Promise<void>): Promise<unknown> =>
  Promise.all(
    names.map(async (name) => {
      const cluster = await start(name)
      await check(cluster)
      expect([name, await cluster.stop()]).toEqual([name, 0])
    }),
  )

test('event loops and greenlets: a request that computes shows as delay, in hand, and counted', () =>
  each(['aiohttp', 'fastapi', 'eventlet'], async (cluster) => {
    const waiting = fetch(`${cluster.url}/io?ms=3000`)
    await anyLoop(cluster, 'a request in hand', ({ inFlight }) => inFlight === 1)
    const computing = fetch(`${cluster.url}/cpu?ms=500`)
    await anyLoop(cluster, 'a delay that is most of what was computed', ({ delayP99Ms }) => delayP99Ms > 300)
    await Promise.all([waiting, computing])
    await cluster.waitFor('nothing in hand', ({ loops }) => loops.every(({ inFlight }) => inFlight === 0))
    // The health checks are requests too.
    await anyLoop(cluster, 'its requests', ({ requests }) => requests >= 1)
  }))

test('a sync worker that waits is as busy as one that computes, and one of four threads in use is a quarter', async () => {
  const usedBy = { 'gunicorn-sync': 1, 'gunicorn-gthread': 0.25 }
  await Promise.all(
    Object.entries(usedBy).map(([name, share]) =>
      each([name], async (cluster) => {
        const waiting = fetch(`${cluster.url}/io?ms=4000`)
        const isUsed = ({ inFlight, utilization }: LoopStatus): boolean => inFlight === 1 && Math.abs(utilization - share) < 0.05
        await anyLoop(cluster, `a worker of ${name} in use that needs no CPU`, isUsed)
        await waiting
        await cluster.waitFor('workers that are free', ({ loops }) => loops.every(({ utilization }) => utilization < share / 2))
      }),
    ),
  )
})
