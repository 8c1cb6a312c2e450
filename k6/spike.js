// @ts-check
/** Ten times the traffic within seconds, then calm again: afterwards all must be as quick as before. */
import http from 'k6/http'

import { asked } from './lib/asked.js'
import { constant, limits, ramping, shared } from './lib/options.js'
import { anyOf, echo, hello, io } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 50, seconds: 90, p99: 250 })

export const options = {
  ...shared('spike'),
  scenarios: {
    before: constant(run, { seconds: 20, tags: { phase: 'before' } }),
    spike: {
      ...ramping(
        run,
        [
          [5, 10],
          [20, 10],
          [5, 1],
        ],
        1,
      ),
      startTime: `${run.stretch(20)}ms`,
      tags: { phase: 'spike' },
    },
    // A moment to work off what was queued is fair.
    after: constant(run, { seconds: 35, after: 55, tags: { phase: 'after' } }),
  },
  thresholds: {
    ...limits({ ...run, p99: run.p99 * 8 }, ['/', '/io', '/echo'], { shed: ['rate<0.5'], dropped_iterations: [`rate<${run.rate / 4}`] }),
    'http_req_duration{phase:before}': [`p(99)<${run.p99}`],
    'http_req_duration{phase:after}': [`p(99)<${run.p99}`],
    'shed{phase:before}': ['rate==0'],
    'shed{phase:after}': ['rate==0'],
  },
}

// A 503 that says OVERLOADED is the right answer to too much. It counts as shed, not as failed.
http.setResponseCallback(http.expectedStatuses(200, 503))

export default () => anyOf([hello, io, io, echo])

export const handleSummary = summary('spike')
