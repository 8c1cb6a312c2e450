import type { Client } from '../../load/client/client.ts'
import type { Burst } from '../../load/client/commands.ts'
import type { WorkloadRoute } from '../compare/comparison.ts'
import { sharesOf } from '../compare/workload.ts'

const seed = 1
const fewest = 16
const most = 1_024
/** Four times the connections that bring less than this are not worth it. */
const worthwhile = 1.1
/** A route that should have come less often than this says nothing of its own. */
const fewExpected = 20
/** Answered as much less than its share, a route is what the others would wait for. */
const fallsBehind = 0.8

/** The most that is answered of a mix: on more and more connections, each of which asks again when it is answered, until more do not help. */
export async function measureThroughput(client: Client, routes: readonly WorkloadRoute[], seconds: number): Promise<number> {
  let best = 0
  // Code that has just been loaded is slow.
  await client.burst({ routes, connections: fewest, seconds: seconds / 2, seed })
  for (let connections = fewest; connections <= most; connections *= 4) {
    const before = best
    best = Math.max(best, mixOf(await client.burst({ routes, connections, seconds, seed }), routes))
    if (best < before * worthwhile) break
  }
  return best
}

/**
 * Answers per second of a mix as it was asked for. A burst begins with what is quick, while what is slow piles up: the slow route says
 * how often the whole mix can be answered.
 */
export function mixOf({ routes: counted, seconds }: Burst, routes: readonly WorkloadRoute[]): number {
  const shares = sharesOf(routes)
  const good = counted.reduce((sum, route) => sum + route.good, 0)
  const slow = counted
    .map((route, index) => ({ expected: good * shares[index]!, whole: route.good / shares[index]! }))
    .filter(({ expected, whole }) => expected >= fewExpected && whole < fallsBehind * good)
  return Math.min(good, ...slow.map(({ whole }) => whole)) / seconds
}
