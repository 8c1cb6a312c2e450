import { type RouteCounts, totalOf } from '../../core/route-counts.ts'
import type { RouteTable } from './route-table.ts'

/** What one listener has not been told yet: an app with many routes uses few of them in a moment. */
export class ChangedRoutes {
  readonly #routes: RouteTable
  readonly #told = new Map<string, number>()

  constructor(routes: RouteTable) {
    this.#routes = routes
  }

  /** Whole counts, since the process began, of every route that has new ones since the last call. */
  take(): RouteCounts[] {
    return this.#routes.counts().filter(({ method, route, counts }) => {
      const key = `${method} ${route}`
      const total = totalOf(counts)
      if (this.#told.get(key) === total) return false
      this.#told.set(key, total)
      return true
    })
  }
}
