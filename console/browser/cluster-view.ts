import type { BalancerStatus, ClusterStatus, LoopStatus, RouteStatus } from '../../core/status.ts'
import { type Apart, apartOf, confinedTo } from './apart.ts'
import type { Hold } from './holds.ts'
import type { Lives, Past } from './lives.ts'
import type { Values } from './samples.ts'
import { groupsOf, type LoopGroup } from './worker-groups.ts'

/** What a loop or balancer is doing, in one word. A worker that is busy is held by the one request it may have. */
export type Condition = LoopStatus['state'] | 'blocked' | 'busy'

export interface LoopView {
  readonly loop: LoopStatus
  readonly condition: Condition
  readonly perSecond: number
  readonly hold: Hold | undefined
  readonly past: Past | undefined
}

export interface BalancerView {
  readonly balancer: BalancerStatus
  readonly perSecond: number
}

export interface RouteView {
  readonly route: RouteStatus
  /** Undefined for a route that has not been answered yet. */
  readonly perSecond: number | undefined
  readonly holds: readonly Hold[]
  /** The loops that it is confined to, in words; undefined where all serve it. */
  readonly on: string | undefined
}

export interface Totals {
  readonly ready: number
  readonly perSecond: number
  readonly inFlight: number
  readonly queued: number
  readonly connections: number
  /** Of the slowest loop: percentiles cannot be averaged. Undefined where each has one request, whom no other waits for. */
  readonly delayP99Ms: number | undefined
  readonly shed: number
  readonly shedPerSecond: number
  readonly errors: number
  readonly errorsPerSecond: number
}

/** Everything that the page shows of one status. */
export interface ClusterView {
  readonly status: ClusterStatus
  readonly loops: readonly LoopView[]
  readonly balancers: readonly BalancerView[]
  readonly routes: readonly RouteView[]
  readonly totals: Totals
  readonly apart: Apart
  readonly groups: readonly LoopGroup[]
}

/** The counters of a status, by names of their own; see Rates. */
export function countersOf(status: ClusterStatus): Map<string, number> {
  const counters = new Map<string, number>()
  for (const { id, requests } of status.loops) counters.set(`loop ${id}`, requests)
  for (const { id, requests, shed, errors } of status.balancers) {
    counters.set(`balancer ${id}`, requests)
    counters.set(`shed ${id}`, shed)
    counters.set(`errors ${id}`, errors)
  }
  for (const route of status.routes) counters.set(`route ${nameOf(route)}`, route.requests)
  return counters
}

/**
 * @param rateOf how fast a counter of countersOf grows, per second
 * @param holds by loop
 */
export function viewOf(
  status: ClusterStatus,
  rateOf: (counter: string) => number,
  holds: ReadonlyMap<string, Hold>,
  lives: Pick<Lives, 'of'>,
): ClusterView {
  const loops = status.loops.map((reported): LoopView => {
    const hold = holds.get(reported.id)
    const condition = conditionOf(reported, hold)
    const perSecond = rateOf(`loop ${reported.id}`)
    const past = lives.of(reported.id)
    const isHeld = condition === 'blocked' || condition === 'busy'
    if (hold === undefined || (hold.now && !isHeld)) return { loop: reported, condition, perSecond, hold: undefined, past }
    return { loop: hold.now ? held(reported, hold) : reported, condition, perSecond, hold, past }
  })
  const balancers = status.balancers.map((balancer) => ({ balancer, perSecond: rateOf(`balancer ${balancer.id}`) }))
  const apart = apartOf(status)
  const newestHolds = [...holds.values()].sort((a, b) => Number(b.now) - Number(a.now))
  return {
    status,
    loops,
    balancers,
    routes: routesOf(status.routes, rateOf, newestHolds, apart),
    totals: totalsOf(loops, status.balancers, rateOf),
    apart,
    groups: groupsOf(status.loops),
  }
}

/** What the charts draw of a view. */
export function samplesOf({ loops, totals }: ClusterView): Values {
  const values = new Map<string, number>([
    ['requests', totals.perSecond],
    ['shed', totals.shedPerSecond],
    ['inFlight', totals.inFlight],
    ['queued', totals.queued],
  ])
  for (const { loop } of loops) {
    const { id, state, utilization, delayP99Ms, rssBytes } = loop
    if (state === 'dead' || state === 'starting') continue
    values.set(`utilization/${id}`, utilization).set(`delayP99Ms/${id}`, delayP99Ms).set(`rssBytes/${id}`, rssBytes)
  }
  return values
}

const nameOf = ({ method, route }: { method: string; route: string }): string => `${method} ${route}`

// A crowded machine makes a loop late now and then; only a silence that lasts is worth a red box.
const silenceMs = 300

function conditionOf({ state }: LoopStatus, hold: Hold | undefined): Condition {
  const isHeld = hold?.now === true && (hold.routes !== undefined || hold.forMs >= silenceMs)
  if (state === 'dead' || !isHeld) return state
  return hold.alone ? 'busy' : 'blocked'
}

// How long the window of a loop's report is: a hold that fills it is all that the report could tell.
const reportMs = 500

/** A loop that is held cannot say so itself: its last report is from before. That it is busy, and with what, is known all the same. */
function held(loop: LoopStatus, { routes, forMs }: Hold): LoopStatus {
  const inFlight = Math.max(loop.inFlight, routes === undefined || routes.length === 0 ? 0 : 1)
  if (forMs < reportMs) return { ...loop, inFlight }
  return { ...loop, inFlight, utilization: 1, delayP99Ms: Math.max(loop.delayP99Ms, forMs) }
}

/** What holds a loop first, then what blocks longest. A route that has never been answered is known by its hold alone. */
function routesOf(routes: readonly RouteStatus[], rateOf: (counter: string) => number, holds: readonly Hold[], apart: Apart): RouteView[] {
  const known = new Set(routes.map(nameOf))
  const hanging = holds
    .flatMap((hold) => hold.routes ?? [])
    .filter((route) => !known.has(nameOf(route)) && known.add(nameOf(route)))
    .map(({ method, route }): RouteStatus => ({ method, route, requests: 0, blockingP50Ms: NaN, blockingP99Ms: NaN, class: 'blocking' }))
  const views = [...hanging, ...routes].map((route) => ({
    route,
    perSecond: hanging.includes(route) ? undefined : rateOf(`route ${nameOf(route)}`),
    on: hanging.includes(route) ? undefined : confinedTo(route, apart),
    holds: holds.filter(({ routes }) => routes?.some((each) => nameOf(each) === nameOf(route)) === true),
  }))
  const rank = ({ holds }: RouteView): number =>
    holds.some(({ now, alone }) => now && !alone) ? 2 : holds.some(({ alone }) => !alone) ? 1 : 0
  return views.sort(
    (a, b) =>
      rank(b) - rank(a) || (b.route.blockingP99Ms || 0) - (a.route.blockingP99Ms || 0) || (nameOf(a.route) < nameOf(b.route) ? -1 : 1),
  )
}

function totalsOf(views: readonly LoopView[], balancers: readonly BalancerStatus[], rateOf: (counter: string) => number): Totals {
  const loops = views.map(({ loop }) => loop)
  const delays = loops.flatMap(({ concurrency, delayP99Ms }) => (concurrency === 1 ? [] : [delayP99Ms]))
  const sum = <T>(list: readonly T[], of: (each: T) => number): number => list.reduce((total, each) => total + of(each), 0)
  return {
    ready: loops.filter(({ state }) => state === 'ready').length,
    perSecond: sum(balancers, ({ id }) => rateOf(`balancer ${id}`)),
    inFlight: sum(loops, ({ inFlight }) => inFlight),
    queued: sum(balancers, ({ queued }) => queued),
    connections: sum(balancers, ({ connections }) => connections),
    delayP99Ms: delays.length === 0 && loops.length > 0 ? undefined : Math.max(0, ...delays),
    shed: sum(balancers, ({ shed }) => shed),
    shedPerSecond: sum(balancers, ({ id }) => rateOf(`shed ${id}`)),
    errors: sum(balancers, ({ errors }) => errors),
    errorsPerSecond: sum(balancers, ({ id }) => rateOf(`errors ${id}`)),
  }
}
