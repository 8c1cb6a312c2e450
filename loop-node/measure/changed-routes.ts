import type { RouteCounts } from '../../core/route-counts.ts'
import type { RouteTable } from './route-table.ts'

/** What one listener has not been told yet: an app with many routes uses few of them in a moment. */
export class ChangedRoutes {
  readonly #routes: RouteTable
  /** How many holds of each route, by its number. */
  readonly #told: number[] = []

  constructor(routes: RouteTable) {
    this.#routes = routes
  }

  /** Whole counts, since the process began, of every route that has new ones since the last call. */
  take(): RouteCounts[] {
    const changed = this.#routes.asked.filter(({ id, observed }) => this.#told[id] !== observed)
    for (const { id, observed } of changed) this.#told[id] = observed
    return changed.map((route) => route.counts())
  }
}
