import { RouteTrie } from '../../core/route-trie.ts'
import type { RouteStatus } from '../../core/status.ts'

import type { Workload } from './comparison.ts'

/** For each route of a workload, how long half of its requests at least held their event loop, in milliseconds; 0 where nothing is known. */
export function holdsOf(routes: readonly RouteStatus[], workload: Workload): number[] {
  const found = new RouteTrie<number>()
  for (const { method, route, blockingP50Ms } of routes) if (route.startsWith('/')) found.add(method, route, blockingP50Ms)
  return workload.routes.map(({ method, path }) => found.find(method, path) ?? 0)
}
