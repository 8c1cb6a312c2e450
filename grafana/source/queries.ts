import type { metricCatalog } from '../../core/metrics/catalog.ts'

/** PromQL for the dashboards. The names are types: a metric that the code does not emit does not compile. */

type Entry = (typeof metricCatalog)[keyof typeof metricCatalog]
type Named<Type> = Extract<Entry, { readonly type: Type }>['name']
export type Counter = Named<'counter'>
export type Gauge = Named<'gauge'>
export type Histogram = Named<'histogram'>
/** What a histogram counts besides its buckets. */
export type OfHistogram = `${Histogram}_${'sum' | 'count'}`

export const ofLoop = 'loop=~"$loop"'
export const ofBalancer = 'balancer=~"$balancer"'
/**
 * The loop as balancers name it. Under a supervisor that is the loop's id; a balancer that runs alone knows addresses only,
 * so this is a variable of its own.
 */
export const ofUpstream = 'loop=~"$upstream"'
export const ofRoute = 'route=~"$route"'

/** Answers that the balancer makes for want of a loop; its other codes are the client's doing. */
const serverCodes = 'code=~"LOOP_FAILED|LOOP_TIMEOUT|OVERLOADED|NO_LOOP"'

const series = (name: string, matchers: readonly string[]): string =>
  `${name}{${['job=~"$job"', 'instance=~"$instance"', ...matchers].join(', ')}}`

export const gauge = (name: Gauge, ...matchers: string[]): string => series(name, matchers)

export const rate = (name: Counter | OfHistogram, ...matchers: string[]): string => `rate(${series(name, matchers)}[$__rate_interval])`

export const increase = (name: Counter | OfHistogram, ...matchers: string[]): string =>
  `increase(${series(name, matchers)}[$__rate_interval])`

const changes = (name: Gauge, ...matchers: string[]): string => `changes(${series(name, matchers)}[$__rate_interval])`

/** Buckets are added up before the quantile is taken: percentiles cannot be averaged. */
export const quantile = (q: number, name: Histogram, by: readonly string[], ...matchers: string[]): string =>
  `histogram_quantile(${q}, sum by (${[...by, 'le'].join(', ')}) (rate(${series(`${name}_bucket`, matchers)}[$__rate_interval])))`

/** How many observations fell into each bucket, for a heat map. */
export const buckets = (name: Histogram, ...matchers: string[]): string =>
  `sum by (le) (increase(${series(`${name}_bucket`, matchers)}[$__rate_interval]))`

/** Zero where the counter has no series yet, so that a panel shows a calm line instead of "No data". */
export const orZero = (expr: string): string => `${expr} or vector(0)`

/** Requests answered, by a loop or by the balancer itself. */
export const answers = (...matchers: string[]): string =>
  `sum(${rate('evenloop_proxy_requests_total', ...matchers)} or ${rate('evenloop_proxy_errors_total', ...matchers)})`

/** Of these, the ones that failed by the server's fault. */
export const failures = (...matchers: string[]): string =>
  `sum(${rate('evenloop_proxy_requests_total', ...matchers, 'code="5xx"')} or ${serverErrors(...matchers)})`

export const serverErrors = (...matchers: string[]): string => rate('evenloop_proxy_errors_total', ...matchers, serverCodes)

/**
 * How busy each loop is. A loop that is blocked cannot say so: its last known value may be any, and it is full. Loops that run
 * alone have no supervisor to notice it.
 */
export const utilization = (...matchers: string[]): string =>
  `((max by (instance, loop) (${gauge('evenloop_loop_blocked', ...matchers)}) == 1) or max by (instance, loop) (${gauge('evenloop_loop_utilization', ...matchers)}))`

/** Unplanned ends of loops. A loop that runs alone has no supervisor to count them: its process is younger than before. */
export const restarts = (...matchers: string[]): string =>
  `${increase('evenloop_loop_restarts_total', ...matchers)} or ${changes('evenloop_loop_start_time_seconds', ...matchers)}`
