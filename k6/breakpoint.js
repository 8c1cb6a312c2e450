// @ts-check
/** The rate grows evenly until a limit is crossed, and the report says where. */
import { scenario } from 'k6/execution'
import { Gauge } from 'k6/metrics'

import { asked } from './lib/asked.js'
import { limits, ramping, shared } from './lib/options.js'
import { anyOf, echo, hello, io } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 20_000, seconds: 300, p99: 500 })

// A limit that was found is a threshold that was crossed: the run ends at once, with status 99.
/** @type {(threshold: string) => import('k6/options').Threshold} */
const stop = (threshold) => ({ threshold, abortOnFail: true, delayAbortEval: '5s' })

export const options = {
  ...shared('breakpoint'),
  scenarios: { breakpoint: ramping(run, [[300, 1]]) },
  thresholds: limits(run, ['/', '/io', '/echo'], {
    http_req_duration: [stop(`p(99)<${run.p99}`)],
    http_req_failed: [stop('rate<0.01')],
    shed: [stop('rate<0.01')],
    dropped_iterations: [stop('count<100')],
  }),
}

const offered = new Gauge('offered_rate')

export default () => {
  offered.add(scenario.progress * run.rate)
  anyOf([hello, io, io, echo])
}

export const handleSummary = summary('breakpoint')
