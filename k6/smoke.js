// @ts-check
/** Does every route answer rightly? A few requests to each, before anything longer. */
import { asked } from './lib/asked.js'
import { constant, limits, shared } from './lib/options.js'
import { block, cpu, echo, hello, inTurn, io, sse, stream, upload } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 8, seconds: 10, p99: 1000 })
const routes = ['/', '/io', '/cpu', '/block', '/stream', '/sse', '/echo', '/upload']

export const options = {
  ...shared('smoke'),
  scenarios: { smoke: constant(run, { seconds: 10 }) },
  thresholds: limits(run, routes, { checks: ['rate==1'], http_req_failed: ['rate==0'] }),
}

export default () => inTurn([hello, io, cpu, block, stream, sse, echo, upload])

export const handleSummary = summary('smoke')
