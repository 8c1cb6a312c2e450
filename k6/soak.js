// @ts-check
/** An hour of everything at a moderate rate: leaks show in the memory of the loops. */
import { asked } from './lib/asked.js'
import { constant, limits, shared } from './lib/options.js'
import { anyOf, cpu, echo, hello, io, sse, stream, upload } from './lib/requests.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 50, seconds: 3600, p99: 250 })

export const options = {
  ...shared('soak'),
  scenarios: { soak: constant(run, { seconds: 3600 }) },
  thresholds: limits(run, ['/', '/io', '/cpu', '/stream', '/sse', '/echo', '/upload']),
}

export default () => anyOf([hello, io, cpu, stream, sse, echo, upload])

export const handleSummary = summary('soak')
