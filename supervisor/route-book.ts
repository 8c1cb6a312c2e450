import type { Settings } from '../config/schema.ts'
import { type RouteRule, routeRules, ruleFinder } from '../config/route-rules.ts'
import { addCounts, isBlocking, noMethod, quantile, type RouteCounts, totalOf } from '../core/route-counts.ts'
import type { Clock } from '../core/sources.ts'
import type { RouteClass, RouteName, RouteStatus } from '../core/status.ts'

const windowMs = 10_000
// Together a minute: long enough for a percentile, short enough to see that a fix has helped.
const windows = 6
// Each loop names 200 at most; reloads may bring others.
const maxRoutes = 1_000

interface Route extends RouteName {
  /** What the operator says of it. */
  readonly ruled: RouteClass | undefined
  /** What the app says of it. */
  declared: RouteClass | undefined
  requests: number
  /** Counts by the window in which they came, the newest last. */
  recent: { readonly window: number; counts: readonly number[] }[]
}

/** How the routes of the app hold event loops, over all loops and their processes. */
export class RouteBook {
  readonly #clock: Clock
  readonly #ruleFor: (route: RouteName) => RouteRule | undefined
  readonly #thresholdSeconds: number
  readonly #routes = new Map<string, Route>()
  // What each living process has reported last, so that what is new can be told.
  readonly #reported = new Map<string, Map<string, readonly number[]>>()

  constructor(clock: Clock, { routes, isolation }: Pick<Settings, 'routes' | 'isolation'>) {
    this.#clock = clock
    this.#ruleFor = ruleFinder(routeRules(routes))
    this.#thresholdSeconds = isolation.threshold / 1_000
  }

  /** @param process names one process for its whole life, whose counts never go back */
  report(process: string, routes: readonly RouteCounts[]): void {
    if (routes.length === 0) return
    let known = this.#reported.get(process)
    if (known === undefined) this.#reported.set(process, (known = new Map()))
    for (const { method, route, counts, declared } of routes) {
      const key = `${method} ${route}`
      this.#add(key, { method, route }, declared, addCounts(counts, known.get(key) ?? [], -1))
      known.set(key, counts)
    }
  }

  /** The process is gone; what it has counted stays. */
  ended(process: string): void {
    this.#reported.delete(process)
  }

  /** In the order of their names. */
  get routes(): RouteStatus[] {
    const oldest = this.#window() - windows
    const all = [...this.#routes.values()].map(({ method, route, ruled, declared, requests, recent }): RouteStatus => {
      const counts = recent
        .filter(({ window }) => window > oldest)
        .reduce<readonly number[]>((sum, { counts }) => addCounts(sum, counts), [])
      const [blockingP50Ms, blockingP99Ms] = [milliseconds(quantile(counts, 0.5)), milliseconds(quantile(counts, 0.99))]
      return {
        method,
        route,
        requests,
        blockingP50Ms,
        blockingP99Ms,
        class: ruled ?? declared ?? (method !== noMethod && isBlocking(counts, this.#thresholdSeconds) ? 'blocking' : 'async'),
      }
    })
    return all.sort((a, b) => a.route.localeCompare(b.route) || a.method.localeCompare(b.method))
  }

  /** The names of those that block, in their order. */
  get blocking(): RouteName[] {
    return this.routes.filter((route) => route.class === 'blocking')
  }

  #add(key: string, name: RouteName, declared: RouteClass | undefined, counts: readonly number[]): void {
    let route = this.#routes.get(key)
    if (route === undefined) {
      if (this.#routes.size >= maxRoutes) return
      this.#routes.set(key, (route = { ...name, ruled: this.#ruleFor(name)?.class, declared, requests: 0, recent: [] }))
    }
    route.declared = declared
    route.requests += totalOf(counts)
    const window = this.#window()
    const newest = route.recent.at(-1)
    if (newest?.window === window) newest.counts = addCounts(newest.counts, counts)
    else route.recent = [...route.recent.filter((one) => one.window > window - windows), { window, counts }]
  }

  #window(): number {
    return Math.floor(this.#clock.now() / windowMs)
  }
}

const milliseconds = (seconds: number): number => Math.round(seconds * 10_000) / 10
