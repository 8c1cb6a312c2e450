// @ts-check
/** WebSocket sessions that come at a rate: each gets its ten messages back. */
import { check } from 'k6'
import { Trend } from 'k6/metrics'
import { clearTimeout, setTimeout } from 'k6/timers'
import { WebSocket } from 'k6/websockets'

import { asked, baseUrl } from './lib/asked.js'
import { constant, shared } from './lib/options.js'
import { summary } from './lib/summary.js'

const run = asked({ rate: 20, seconds: 60, p99: 250 })
const messages = 10
const tags = { route: '/ws', name: 'GET /ws' }
const roundTrip = new Trend('ws_round_trip', true)

export const options = {
  ...shared('websocket'),
  scenarios: { websocket: constant(run, { seconds: 60 }) },
  thresholds: {
    checks: ['rate>0.999'],
    dropped_iterations: [`rate<${run.rate / 100}`],
    'ws_round_trip{route:/ws}': [`p(99)<${run.p99}`],
    'ws_connecting{route:/ws}': [`p(99)<${run.p99}`],
  },
}

export default () => {
  const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/ws`, null, { tags })
  // A session that hangs fails by the check at its close.
  const limit = setTimeout(() => socket.close(), 10_000)
  let returned = 0
  let sentAt = 0
  const send = () => {
    sentAt = Date.now()
    socket.send(`message ${returned}`)
  }
  socket.addEventListener('open', send)
  socket.addEventListener('message', (event) => {
    roundTrip.add(Date.now() - sentAt, tags)
    const isSame = 'data' in event && event.data === `message ${returned}`
    check(isSame, { '/ws sends the same back': (same) => same }, { route: '/ws' })
    returned += 1
    if (returned < messages) send()
    else socket.close(1000)
  })
  socket.addEventListener('close', () => {
    clearTimeout(limit)
    check(returned, { '/ws sends every message back': (count) => count === messages }, { route: '/ws' })
  })
}

export const handleSummary = summary('websocket')
