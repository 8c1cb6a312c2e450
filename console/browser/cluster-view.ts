import type { BalancerStatus, ClusterStatus, LoopStatus, RouteStatus } from '../../core/status.ts'
import { type Apart, apartOf, confinedTo } from './apart.ts'
import { routesText, type Hold } from './holds.ts'
import type { Values } from './samples.ts'

/** What a loop or balancer is doing, in one word. */
export type Condition = LoopStatus['state'] | 'blocked'

export interface LoopView {
  readonly loop: LoopStatus
  readonly condition: Condition
  readonly perSecond: number
  readonly hold: Hold | undefined
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
  /** The loops that it is confined to; none where all serve it. */
  readonly on: readonly string[]
}

export interface Totals {
  readonly ready: number
  readonly perSecond: number
  readonly inFlight: number
  readonly queued: number
  readonly connections: number
  /** Of the slowest loop: percentiles cannot be averaged. */
  readonly delayP99Ms: number
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
export function viewOf(status: ClusterStatus, rateOf: (counter: string) => number, holds: ReadonlyMap<string, Hold>): ClusterView {
  const loops = status.loops.map((reported): LoopView => {
    const hold = holds.get(reported.id)
    const condition = conditionOf(reported, hold)
    const perSecond = rateOf(`loop ${reported.id}`)
    if (hold === undefined || (hold.now && condition !== 'blocked')) return { loop: reported, condition, perSecond, hold: undefined }
    return { loop: hold.now ? held(reported, hold) : reported, condition, perSecond, hold }
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

/** The state of the whole in a sentence, and whether someone should look. */
export function verdictOf({ loops, status }: ClusterView): { readonly text: string; readonly level: 'good' | 'warn' | 'bad' } {
  const blocked = loops.flatMap(({ condition, hold }) => (condition === 'blocked' && hold !== undefined ? [hold] : []))
  // What is named first is what an operator can do most about.
  const [first] = blocked.sort((a, b) => Number(b.routes !== undefined) - Number(a.routes !== undefined) || b.forMs - a.forMs)
  if (first !== undefined) {
    const state = first.routes === undefined ? 'silent' : `held by ${routesText(first.routes)}`
    const more = blocked.length > 1 ? `, and ${blocked.length - 1} more blocked` : ''
    return { text: `Loop ${first.loop} is ${state}${more}`, level: 'bad' }
  }
  const dead = loops.filter(({ condition }) => condition === 'dead')
  if (dead.length > 0) return { text: `${loopsText(dead)} not running`, level: 'bad' }
  if (status.reload.state === 'running') return { text: `Reload to generation ${status.reload.generation} is under way`, level: 'warn' }
  const others = loops.filter(({ condition }) => condition !== 'ready')
  if (others.length > 0) return { text: `${loopsText(others)} ${others[0]!.condition}`, level: 'warn' }
  const recent = loops.find(({ hold }) => hold?.now === false)
  if (recent?.hold !== undefined) {
    return { text: `Loop ${recent.loop.id} was held by ${routesText(recent.hold.routes)} a moment ago`, level: 'warn' }
  }
  if (status.reload.state === 'failed') return { text: `The last reload failed: ${status.reload.message ?? 'see the log'}`, level: 'warn' }
  return { text: loops.length === 1 ? 'The loop runs freely' : `All ${loops.length} loops run freely`, level: 'good' }
}

const loopsText = (loops: readonly LoopView[]): string =>
  loops.length === 1 ? `Loop ${loops[0]!.loop.id} is` : `${loops.length} loops are`

const nameOf = ({ method, route }: { method: string; route: string }): string => `${method} ${route}`

// A crowded machine makes a loop late now and then; only a silence that lasts is worth a red box.
const silenceMs = 300

function conditionOf({ state }: LoopStatus, hold: Hold | undefined): Condition {
  const isHeld = hold?.now === true && (hold.routes !== undefined || hold.forMs >= silenceMs)
  return state !== 'dead' && isHeld ? 'blocked' : state
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
    on: hanging.includes(route) ? [] : confinedTo(route, apart),
    holds: holds.filter(({ routes }) => routes?.some((each) => nameOf(each) === nameOf(route)) === true),
  }))
  const rank = ({ holds }: RouteView): number => (holds.some(({ now }) => now) ? 2 : holds.length > 0 ? 1 : 0)
  return views.sort(
    (a, b) =>
      rank(b) - rank(a) || (b.route.blockingP99Ms || 0) - (a.route.blockingP99Ms || 0) || (nameOf(a.route) < nameOf(b.route) ? -1 : 1),
  )
}

function totalsOf(views: readonly LoopView[], balancers: readonly BalancerStatus[], rateOf: (counter: string) => number): Totals {
  const loops = views.map(({ loop }) => loop)
  const sum = <T>(list: readonly T[], of: (each: T) => number): number => list.reduce((total, each) => total + of(each), 0)
  return {
    ready: loops.filter(({ state }) => state === 'ready').length,
    perSecond: sum(balancers, ({ id }) => rateOf(`balancer ${id}`)),
    inFlight: sum(loops, ({ inFlight }) => inFlight),
    queued: sum(balancers, ({ queued }) => queued),
    connections: sum(balancers, ({ connections }) => connections),
    delayP99Ms: Math.max(0, ...loops.map(({ delayP99Ms }) => delayP99Ms)),
    shed: sum(balancers, ({ shed }) => shed),
    shedPerSecond: sum(balancers, ({ id }) => rateOf(`shed ${id}`)),
    errors: sum(balancers, ({ errors }) => errors),
    errorsPerSecond: sum(balancers, ({ id }) => rateOf(`errors ${id}`)),
  }
}
