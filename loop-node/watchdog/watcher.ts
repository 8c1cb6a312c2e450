import type { Route } from '../measure/route-table.ts'

/** Whoever watches the loop from another thread. */
export interface Watcher {
  /** Settles when it looks, or never will: a hold before that would have no name. */
  readonly watching: Promise<void>
  /** To be told before a request of that route runs. */
  name(route: Route): void
}
