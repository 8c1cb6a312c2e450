// @ts-check
/** @import { Options, ConstantArrivalRateScenario, RampingArrivalRateScenario, Threshold } from 'k6/options' */
/** @import { Asked } from './asked.js' */

/**
 * Options of every script.
 * @param {string} script its name, which every sample carries
 * @returns {Options}
 */
export const shared = (script) => ({
  tags: { script },
  // The rest (url, proto, TLS version …) would only multiply the series that a Prometheus has to keep.
  systemTags: ['status', 'method', 'name', 'group', 'check', 'scenario', 'expected_response', 'error_code'],
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max', 'count'],
  userAgent: 'evenloop-load (k6)',
})

// Arrival-rate executors start a request when it is due, whether or not earlier ones were answered. A fixed number of users
// that wait for their answers would slow down with the server, and hide every stall.

/**
 * The same rate all along: `share` of the rate asked for.
 * @param {Asked} run
 * @param {{ seconds: number, share?: number, after?: number, exec?: string, tags?: Record<string, string> }} phase
 * @returns {ConstantArrivalRateScenario}
 */
export const constant = (run, { seconds, share = 1, after = 0, ...rest }) => ({
  executor: 'constant-arrival-rate',
  // k6 takes whole numbers only: over 100 s, 3 % of 50 requests a second is one.
  rate: Math.max(1, Math.round(run.rate * share * 100)),
  timeUnit: '100s',
  // k6 takes no less than a second.
  duration: `${Math.max(1000, run.stretch(seconds))}ms`,
  startTime: `${run.stretch(after)}ms`,
  preAllocatedVUs: users(run, share),
  ...rest,
})

/**
 * Rates that change evenly from stage to stage.
 * @param {Asked} run
 * @param {readonly (readonly [seconds: number, share: number])[]} stages each ends at its share of the rate asked for
 * @param {number} [from] the share that it starts with
 * @returns {RampingArrivalRateScenario}
 */
export const ramping = (run, stages, from = 0) => ({
  executor: 'ramping-arrival-rate',
  startRate: Math.round(run.rate * from),
  stages: stages.map(([seconds, share]) => ({ duration: `${run.stretch(seconds)}ms`, target: Math.round(run.rate * share) })),
  preAllocatedVUs: users(run, Math.max(...stages.map(([, share]) => share))),
})

/**
 * Users made beforehand, as making one under load delays requests. Enough for all that is open at once while nothing is
 * answered for half a second, or for twice the time that one response in a hundred may take.
 * @type {(run: Asked, share: number) => number}
 */
const users = (run, share) => Math.min(1000, Math.max(10, Math.ceil(run.rate * share * Math.max(0.5, (2 * run.p99) / 1000))))

/**
 * What a run must keep to, over all and on each route. A threshold on a route is also what makes k6 sum it up.
 * @param {Asked} run
 * @param {readonly string[]} routes
 * @param {Record<string, Threshold[]>} [own] more, or others in their place
 * @returns {Record<string, Threshold[]>}
 */
export const limits = (run, routes, own = {}) => ({
  checks: ['rate>0.999'],
  http_req_failed: ['rate<0.001'],
  shed: ['rate==0'],
  // A request that was due and had no user left to send it: the server, or this machine, was too slow for the rate.
  dropped_iterations: [`rate<${run.rate / 100}`],
  ...Object.fromEntries(
    routes.flatMap((route) => [
      [`http_req_duration{route:${route}}`, [`p(99)<${run.p99}`]],
      [`http_req_failed{route:${route}}`, ['rate<0.01']],
    ]),
  ),
  ...own,
})
