import { FastHistogram } from '../../core/metrics/fast-metrics.ts'
import { metricCatalog } from '../../core/metrics/catalog.ts'
import type { MetricFamily } from '../../core/metrics/family.ts'
import { asBuckets, holdBounds, noMethod, type RouteCounts } from '../../core/route-counts.ts'
import type { RouteClass, RouteName } from '../../core/status.ts'
import { maxRoutes } from '../watchdog/board.ts'
import { pathName } from './path-name.ts'

// A name is a label in a metric, and a line on a screen.
const maxLength = 200
// Paths whose name is remembered, so that it need not be made for each request.
const maxPaths = 1_000

const bounds = Float64Array.from(holdBounds)

/** What is measured of one route. */
export class Route implements RouteName {
  /** Its number, from 1. */
  readonly id: number
  readonly method: string
  readonly route: string
  readonly #holds: FastHistogram = new FastHistogram(bounds)
  /** How many holds have been observed. */
  observed = 0
  /** What the app says of it; only RouteTable.declare writes it. */
  declared: RouteClass | undefined = undefined
  /** A hold of one of its open requests, nobody knows of which: the next one that is over takes it. Milliseconds. */
  pendingMs = 0

  constructor(id: number, method: string, route: string) {
    this.id = id
    this.method = method
    this.route = route
  }

  /** @param seconds for which a request held the loop */
  observe(seconds: number): void {
    this.observed++
    this.#holds.observe(seconds)
  }

  /** Differs whenever there is something new to tell of it. */
  get changes(): number {
    return this.declared === undefined ? this.observed : this.observed + 1
  }

  counts(): RouteCounts {
    const counts = [...this.#holds.counts]
    while (counts.at(-1) === 0) counts.pop()
    const { method, route, declared } = this
    return { method, route, counts, seconds: this.#holds.sum, ...(declared === undefined ? {} : { declared }) }
  }

  series(): MetricFamily['series'][number] {
    const { method, route } = this
    return { labels: { method, route }, value: asBuckets(this.#holds.counts, this.#holds.sum) }
  }
}

/** The routes of the app as far as requests have been for them, or it has declared them; a bounded number. */
export class RouteTable {
  readonly #routes = new Map<string, Route>()
  readonly #paths = new Map<string, Route>()
  // By the object that the framework keeps for a route, and then by method.
  readonly #patterns = new WeakMap<object, Map<string, Route>>()
  readonly #onNew: (route: Route) => void
  /** How many holds were so long that balancers are told before others. Only Occupancy writes it. */
  longHolds = 0

  /** @param onNew is told of each route before anything is counted for it */
  constructor(onNew: (route: Route) => void) {
    this.#onNew = onNew
  }

  get all(): Iterable<Route> {
    return this.#routes.values()
  }

  named(method: string, name: string): Route {
    const route = name.slice(0, maxLength)
    const key = `${method} ${route}`
    const known = this.#routes.get(key)
    if (known !== undefined) return known
    // One place is kept for the rest.
    if (this.#routes.size >= maxRoutes - 1 && route !== '(other)') return this.named(noMethod, '(other)')
    const made = new Route(this.#routes.size + 1, method, route)
    this.#routes.set(key, made)
    this.#onNew(made)
    return made
  }

  /** The app says itself what a route is. */
  declare(method: string, pattern: string, declared: RouteClass): void {
    const route = this.named(method, pattern)
    // What shares a name with others is not declared with them.
    if (route.route === pattern.slice(0, maxLength)) route.declared = declared
  }

  /** By what the framework calls it. @param key the framework's own object of this route */
  ofPattern(key: object, method: string, pattern: string | undefined): Route {
    let methods = this.#patterns.get(key)
    if (methods === undefined) this.#patterns.set(key, (methods = new Map()))
    let route = methods.get(method)
    if (route === undefined) methods.set(method, (route = this.named(method, pattern ?? '(no route)')))
    return route
  }

  /** By its path, for apps that have no patterns. */
  ofPath(method: string, url: string): Route {
    const query = url.indexOf('?')
    const key = `${method} ${query === -1 ? url : url.slice(0, query)}`
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    if (this.#paths.size >= maxPaths) this.#paths.clear()
    const route = this.named(method, pathName(url))
    this.#paths.set(key, route)
    return route
  }

  /** The routes that requests have been for. */
  get asked(): Route[] {
    return [...this.#routes.values()].filter(({ observed }) => observed > 0)
  }

  /** Those, and the ones that were declared. */
  get worthTelling(): Route[] {
    return [...this.#routes.values()].filter(({ changes }) => changes > 0)
  }

  /** What was counted so far, as a metric. */
  family(): MetricFamily {
    return { name: metricCatalog.routeBlocking.name, series: this.asked.map((route) => route.series()) }
  }
}
