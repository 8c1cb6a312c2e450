import { isBlocking, noMethod, type RouteCounts } from '../core/route-counts.ts'

/** What one loop has said of its routes. */
export class RouteHolds {
  readonly #routes = new Map<string, RouteCounts>()

  /** Counts replace those of the same route: a loop sends them whole, since its process began. */
  note(routes: readonly RouteCounts[]): void {
    for (const route of routes) this.#routes.set(`${route.method} ${route.route}`, route)
  }

  /** The routes that block, by name. */
  get blocking(): string[] {
    // What holds it beside its requests is no route.
    const routes = [...this.#routes].filter(([, { method }]) => method !== noMethod)
    return routes.filter(([, { counts }]) => isBlocking(counts)).map(([name]) => name)
  }
}
