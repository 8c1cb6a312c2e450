import { busyMs, meanOf, type RouteDemand } from './route-demand.ts'

/** Workers that are alike, as far as it matters for how long requests wait. */
export interface WorkerGroup {
  readonly workers: number
  /** Requests that each has at once; 0 sets no limit. */
  readonly concurrency: number
  readonly takes: 'all' | 'ordinary' | 'blocking'
}

/** A cluster as the models see it. */
export type Layout = readonly WorkerGroup[]

/** From so many milliseconds on a turn is one that others notice, and its route is kept apart: the default of isolation.threshold. */
export const blockingMs = 10

/** Whether the balancers keep such a route apart. */
export const isBlocking = (route: RouteDemand): boolean => busyMs(route) > blockingMs

/** Where the requests of a route go. */
export const groupFor = (layout: Layout, route: RouteDemand): number => {
  const kind = isBlocking(route) ? 'blocking' : 'ordinary'
  return layout.findIndex(({ takes }) => takes === 'all' || takes === kind)
}

/** What each request of the route costs the machine beside the worker: balancer, and the client where it runs on the same one. */
export interface Machine {
  readonly cpus: number
  /** CPU milliseconds per request outside the workers. */
  readonly besideMs: number
}

/** What cannot be exceeded, and by what. */
export interface Ceiling {
  /** Requests per second. */
  readonly perSecond: number
  readonly by: 'cpu' | 'workers' | 'lock' | 'loop'
}

/** The most that a cluster could answer, and what it comes up against first. */
export function ceilingOf(layout: Layout, routes: readonly RouteDemand[], { cpus, besideMs }: Machine): Ceiling {
  const computing = meanOf(routes, ({ cpuMs }) => cpuMs) + besideMs
  const processes = layout.reduce((sum, { workers }) => sum + workers, 0)
  const locks = meanOf(routes, ({ lockMs, lockIsLocal }) => (lockIsLocal ? lockMs / processes : lockMs))
  const ceilings: Ceiling[] = [
    { perSecond: (1_000 * cpus) / computing, by: 'cpu' },
    { perSecond: 1_000 / locks, by: 'lock' },
  ]
  for (const [at, { workers, concurrency }] of layout.entries()) {
    const here = routes.filter((route) => groupFor(layout, route) === at)
    const loopMs = meanOf(here, busyMs)
    ceilings.push({ perSecond: (1_000 * workers) / loopMs, by: 'loop' })
    const takenMs = meanOf(here, (route) => busyMs(route) + route.waitMs + route.lockMs)
    if (concurrency > 0) ceilings.push({ perSecond: (1_000 * workers * concurrency) / takenMs, by: concurrency === 1 ? 'workers' : 'loop' })
  }
  return ceilings.reduce((lowest, each) => (each.perSecond < lowest.perSecond ? each : lowest))
}
