import type { RouteCounts } from '../../core/route-counts.ts'
import type { Clock } from '../../core/sources.ts'
import type { RouteTable } from './route-table.ts'

// Routes that block are told of so soon, and no more often: a list of many is not worth writing at every beat.
const pauseMs = 100

/** What one listener has not been told yet: an app with many routes uses few of them in a moment. */
export class ChangedRoutes {
  readonly #routes: RouteTable
  readonly #clock: Clock
  /** What was told of each route, by its number. */
  readonly #told: number[] = []
  #longHolds = 0
  #takenAt = -Infinity

  constructor(routes: RouteTable, clock: Clock) {
    this.#routes = routes
    this.#clock = clock
  }

  /** A request has held the loop for long, and this listener does not know. */
  get pressing(): boolean {
    return this.#longHolds !== this.#routes.longHolds
  }

  /** It is to be told now: not all too soon after the last time. */
  get due(): boolean {
    return this.pressing && this.#clock.now() - this.#takenAt >= pauseMs
  }

  /** Whole counts, since the process began, of every route that has new ones since the last call, or has been declared. */
  take(): RouteCounts[] {
    this.#longHolds = this.#routes.longHolds
    this.#takenAt = this.#clock.now()
    const changed = this.#routes.worthTelling.filter(({ id, changes }) => this.#told[id] !== changes)
    for (const { id, changes } of changed) this.#told[id] = changes
    return changed.map((route) => route.counts())
  }
}
