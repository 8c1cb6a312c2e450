// @ts-check
/** Three requests in a hundred block a loop for 50 ms. The others must not notice. */
import { asked } from './lib/asked.js'
import { constant, limits, shared } from './lib/options.js'
import { anyOf, block, hello, io } from './lib/requests.js'
import { summary } from './lib/summary.js'

// Before the balancers have learned that they block, within two seconds, some of the others wait for one or two of them.
const run = asked({ rate: 200, seconds: 60, p99: 100 })

export const options = {
  ...shared('mixed'),
  scenarios: {
    light: constant(run, { seconds: 60, share: 0.97, exec: 'light', tags: { kind: 'light' } }),
    blocking: constant(run, { seconds: 60, share: 0.03, exec: 'blocking', tags: { kind: 'blocking' } }),
  },
  thresholds: limits(run, ['/', '/io'], {
    'http_req_duration{kind:light}': [`p(99)<${run.p99}`],
    // Those that block wait for each other, and that is as it should be: every one is answered.
    'http_req_duration{route:/block}': ['max<30000'],
    'http_req_failed{route:/block}': ['rate==0'],
  }),
}

export const light = () => anyOf([hello, () => io(5)])
export const blocking = () => block(50)

export const handleSummary = summary('mixed')
