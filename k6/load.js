// @ts-check
/** The traffic of an ordinary day: up to the rate, held, and down again. */
import { asked } from './lib/asked.js'
import { limits, ramping, shared } from './lib/options.js'
import { anyOf, echo, hello, io } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 200, seconds: 120, p99: 250 })

export const options = {
  ...shared('load'),
  scenarios: {
    load: ramping(run, [
      [15, 1],
      [90, 1],
      [15, 0],
    ]),
  },
  thresholds: limits(run, ['/', '/io', '/echo']),
}

export default () => anyOf([hello, io, io, echo])

export const handleSummary = summary('load')
