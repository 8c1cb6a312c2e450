import type { Client } from '../../load/client/client.ts'
import type { Burst, LoadRoute } from '../../load/client/commands.ts'

export interface CapacityPlan {
  readonly routes: readonly LoadRoute[]
  /** Of the burst that counts; those that look for enough connections are shorter. */
  readonly seconds: number
  readonly seed: number
}

const firstConnections = 16
const mostConnections = 2_048
/** Four times the connections bring less than this: there are enough. */
const worthwhile = 1.1

/**
 * How many requests a second a cluster answers when it has never nothing to do: on more and more connections, each of which
 * asks again as soon as it is answered, until more of them do not help.
 */
export async function measureCapacity(client: Client, { routes, seconds, seed }: CapacityPlan): Promise<number> {
  let best = { connections: firstConnections, rate: 0 }
  for (let connections = firstConnections; connections <= mostConnections; connections *= 4) {
    const rate = capacityOf(await client.burst({ routes, connections, seconds: seconds / 2, seed }))
    const isBetter = rate > best.rate * worthwhile
    if (rate > best.rate) best = { connections, rate }
    if (!isBetter) break
  }
  // What was done once can be done: less is what else the machine did meanwhile.
  return Math.max(best.rate, capacityOf(await client.burst({ routes, connections: best.connections, seconds, seed })))
}

/** Of fewer requests of a route chance alone tells how many were answered. */
const fewRequests = 20

/**
 * The rate at which a mix of routes is answered as it was asked for: that of the route that was furthest behind. The others were
 * answered more often than their share, which they could not have been for long.
 */
export function capacityOf({ routes, seconds }: Burst): number {
  const asked = routes.reduce((sum, route) => sum + route.asked, 0)
  const good = routes.reduce((sum, route) => sum + route.good, 0)
  const counts = routes.flatMap((route) => (route.asked < fewRequests ? [] : [(route.good * asked) / route.asked]))
  return Math.min(good, ...counts) / seconds
}
