import { expect, test } from 'vitest'

import { startCluster } from './support/cluster.ts'
import { exchange } from './support/raw.ts'

// W3C Trace Context and Baggage: https://www.w3.org/TR/trace-context/#relationship-between-the-headers
const context = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'rojo=00f067aa0ba902b7, congo=t61rcWkgMzE',
  baggage: 'userId=Am%C3%A9lie,serverNode=DF%2028;isProduction',
}

test.each(['link', 'http'])('a trace goes on through the %s lane as it came', async (lane) => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1', '--lane', lane, '--log-level', 'error'] })
  // A list may come in several lines, whose order counts.
  const [first, second] = context.tracestate.split(', ')
  const head = [
    'GET /echo HTTP/1.1',
    'Host: a',
    `Traceparent: ${context.traceparent}`,
    `tracestate: ${first}`,
    `tracestate: ${second}`,
    `baggage: ${context.baggage}`,
    'Connection: close',
  ]
  const { status, body } = await exchange(cluster.port, `${head.join('\r\n')}\r\n\r\n`)
  expect(status).toBe(200)
  expect((JSON.parse(body) as { headers: unknown }).headers).toMatchObject(context)
  expect((await cluster.metric('evenloop_proxy_requests_total')).join()).toContain(`lane="${lane}"`)
})
