import { isRouteClass } from '../core/route-counts.ts'
import { examplePath, isFindable } from '../core/route-pattern.ts'
import { RouteTrie } from '../core/route-trie.ts'
import type { RouteClass, RouteName } from '../core/status.ts'
import type { Settings } from './schema.ts'

/** A request's place in the queue. */
export type RoutePriority = 'high' | 'normal' | 'low'

/** What an operator says of the routes of one pattern: one entry of the setting `routes`. */
export interface RouteRule {
  /** As it is written: `POST /reports/:id`. */
  readonly name: string
  /** Undefined for all methods. */
  readonly method: string | undefined
  /** As frameworks write it: `/reports/:id`. */
  readonly pattern: string
  /** Stands above what is learned and what the app says; undefined where the rule does not say. */
  readonly class: RouteClass | undefined
  readonly priority: RoutePriority | undefined
}

/** The rules of `"POST /reports/:id": "blocking low"` and the like, in their order. Of words that contradict each other the last one counts. */
export const routeRules = (routes: Settings['routes']): RouteRule[] =>
  Object.entries(routes).map(([name, words]) => {
    const slash = name.indexOf('/')
    const said = words.split(' ')
    return {
      name,
      method: slash === 0 ? undefined : name.slice(0, slash - 1),
      pattern: name.slice(slash),
      class: said.findLast(isRouteClass),
      priority: said.findLast(isPriority),
    }
  })

/** Finds the rule for a route that is known by its own pattern: the closest one that matches whatever the pattern does. */
export function ruleFinder(rules: readonly RouteRule[]): (route: RouteName) => RouteRule | undefined {
  const trie = new RouteTrie<RouteRule>()
  for (const rule of rules) trie.add(rule.method, rule.pattern, rule)
  return (route) => (isFindable(route) ? trie.find(route.method, examplePath(route.route)) : undefined)
}

const isPriority = (word: string): word is RoutePriority => word === 'high' || word === 'normal' || word === 'low'
