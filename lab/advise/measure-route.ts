import { setTimeout as after } from 'node:timers/promises'

import type { Client } from '../../load/client/client.ts'
import type { WorkloadRoute } from '../compare/comparison.ts'

import type { RouteProbe } from './demand.ts'
import { type Holds, holdsSince, readHolds, totalOf } from './holds.ts'
import type { Rig } from '../engine/rig.ts'

const seed = 1
/** As many at once show whether requests of a route wait for each other. */
const few = 8
const many = 256
/** Answered so much of what that many could be, they hardly wait for each other: more are asked. */
const parallel = 0.7
/** Of the time that a request takes, how often the next one comes when each shall be alone. */
const lightly = 0.7
const mostAlone = 400
/** Loops report twice a second. */
const reportMs = 500

/** Asks for one route alone, of a single event loop: one request after the other, then as many as it bears. */
export async function measureRoute(rig: Rig, route: WorkloadRoute, share: number, seconds: number): Promise<RouteProbe> {
  const { client } = rig
  // Code that has just been loaded is slow.
  await answersOf(client, route, few, seconds / 2)
  const one = await answersOf(client, route, 1, seconds / 2)
  const rate = Math.min(mostAlone, Math.max(1, one * lightly))
  const holdsBefore = readHolds(await rig.cluster.metrics())
  const alone = await client.offer({ routes: [route], rate, seconds, seed, graceSeconds: 10 })
  const { latenciesMs } = alone.routes[0]!
  const heldAloneMs = meanHoldMs(totalOf(await holdsAfter(rig, holdsBefore, latenciesMs.length)))
  const light = await underLoad(rig, route, few, seconds)
  const full = light.perSecond > parallel * few * one ? await underLoad(rig, route, many, seconds) : light
  return { name: `${route.method} ${route.path}`, share, aloneMs: [...latenciesMs], heldAloneMs, ...full }
}

/** How often a route is answered in a second, on so many connections that each ask again when they are answered. */
export async function answersOf(client: Client, route: WorkloadRoute, connections: number, seconds: number): Promise<number> {
  const burst = await client.burst({ routes: [route], connections, seconds, seed })
  return burst.routes[0]!.good / burst.seconds
}

type UnderLoad = Pick<RouteProbe, 'pattern' | 'heldMs' | 'cpuMs' | 'besideMs' | 'connections' | 'idle' | 'perSecond'>

async function underLoad(rig: Rig, route: WorkloadRoute, connections: number, seconds: number): Promise<UnderLoad> {
  const holdsBefore = readHolds(await rig.cluster.metrics())
  const before = rig.cpu()
  const perSecond = await answersOf(rig.client, route, connections, seconds)
  const now = rig.cpu()
  const least = perSecond * seconds
  const byRoute = await holdsAfter(rig, holdsBefore, least)
  const holds = totalOf(byRoute)
  const requests = Math.max(1, least, holds.requests)
  return {
    pattern: [...byRoute].toSorted(([, one], [, other]) => other.requests - one.requests)[0]?.[0],
    heldMs: meanHoldMs(holds),
    cpuMs: (now.loops - before.loops) / requests,
    besideMs: (now.beside - before.beside) / requests,
    connections,
    idle: (now.idle - before.idle) / Math.max(1, now.all - before.all),
    perSecond,
  }
}

const meanHoldMs = ({ requests, seconds }: Holds): number => (requests === 0 ? Number.NaN : (1_000 * seconds) / requests)

/** What at least so many requests held since, by route: what the last ones did is told a little later. */
async function holdsAfter({ cluster }: Rig, before: ReadonlyMap<string, Holds>, least: number): Promise<ReadonlyMap<string, Holds>> {
  let holds: ReadonlyMap<string, Holds> = new Map()
  for (let waited = 0; waited < 4; waited++) {
    await after(reportMs)
    const then = holdsSince(before, readHolds(await cluster.metrics()))
    const { requests } = totalOf(then)
    if (requests >= least && requests === totalOf(holds).requests) break
    holds = then
  }
  return holds
}
