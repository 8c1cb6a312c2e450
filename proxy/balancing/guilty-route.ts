import { RouteTrie } from '../../core/route-trie.ts'
import type { RouteName } from '../../core/status.ts'

/**
 * Whether a request is for one of the routes that have hung its loop. What cannot be told is taken for guilty: a request that hangs one
 * loop hangs the next.
 * @param hungBy undefined for a loop that has not hung; empty where no route is known
 */
export function asksGuiltyRoute(hungBy: readonly RouteName[] | undefined, method: string, path: string): boolean {
  if (hungBy === undefined) return false
  const named = hungBy.filter(({ route }) => route.startsWith('/'))
  if (named.length === 0) return true
  const trie = new RouteTrie<true>()
  for (const { method, route } of named) trie.add(method, route, true)
  return trie.find(method, path) === true
}
