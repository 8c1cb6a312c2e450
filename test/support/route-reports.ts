import { holdBounds, type RouteCounts } from '../../core/route-counts.ts'
import type { RouteClass } from '../../core/status.ts'

/** What a loop would report: whole counts since its process began. */
export class LoopCounts {
  readonly #routes = new Map<string, { counts: number[]; seconds: number; declared: RouteClass | undefined }>()

  /** Requests of one route, each of which held the loop for so long. @param name `GET /users/:id` */
  held(name: string, ms: number, times = 1, declared?: RouteClass): void {
    let route = this.#routes.get(name)
    if (route === undefined) this.#routes.set(name, (route = { counts: holdBounds.map(() => 0), seconds: 0, declared }))
    const seconds = ms / 1_000
    const bucket = holdBounds.findIndex((bound) => seconds <= bound)
    route.counts[bucket]! += times
    route.seconds += seconds * times
  }

  get report(): RouteCounts[] {
    return [...this.#routes].map(([name, { counts, seconds, declared }]) => {
      const space = name.indexOf(' ')
      return { method: name.slice(0, space), route: name.slice(space + 1), counts: [...counts], seconds, declared }
    })
  }
}
