// @ts-check
/** Step by step up to five times the rate: refusals must be polite, and nothing may break. */
import http from 'k6/http'

import { asked } from './lib/asked.js'
import { limits, ramping, shared } from './lib/options.js'
import { anyOf, cpu, echo, hello, io } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 100, seconds: 240, p99: 1000 })

export const options = {
  ...shared('stress'),
  scenarios: {
    stress: ramping(run, [
      [20, 1],
      [40, 1],
      [20, 3],
      [40, 3],
      [20, 5],
      [60, 5],
      [40, 0],
    ]),
  },
  thresholds: limits(run, ['/', '/io', '/cpu', '/echo'], { shed: ['rate<0.3'], dropped_iterations: [`rate<${run.rate / 20}`] }),
}

// A 503 that says OVERLOADED is the right answer to too much. It counts as shed, not as failed.
http.setResponseCallback(http.expectedStatuses(200, 503))

export default () => anyOf([hello, io, cpu, echo])

export const handleSummary = summary('stress')
