import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { withApart } from './balancer-apart.ts'
import { withQueue } from './balancer-queue.ts'
import { withTrouble } from './balancer-trouble.ts'
import { frame, marks } from './frame.ts'
import { heat, lines, number } from './panels.ts'
import { buckets, gauge, ofBalancer, ofUpstream, orZero, quantile, rate } from './queries.ts'
import { colours, thresholds } from './theme.ts'
import * as variables from './variables.ts'

const duration = 'evenloop_proxy_request_duration_seconds'
const both = [ofBalancer, ofUpstream]

/** What the balancers do: whom they give requests to, what waits, what is refused. */
export function balancer(): DashboardBuilder {
  const board = frame('evenloop-balancer', 'Balancer', 'Who gets the requests, what waits, and what is refused?')
    .variables([variables.datasource(), variables.job(), variables.instance(), variables.balancer(), variables.upstream()])
    .annotations(marks())
  numbers(board)
  traffic(board)
  latency(board)
  withQueue(board)
  withApart(board)
  withTrouble(board)
  return board
}

function numbers(board: DashboardBuilder): void {
  const width = 6
  board
    .withPanel(
      number({
        title: 'Client connections',
        description: 'Open connections of clients, idle ones included.',
        unit: 'none',
        width,
        decimals: 0,
        queries: [{ expr: `sum(${gauge('evenloop_proxy_connections', ofBalancer)})`, legend: 'connections' }],
      }),
    )
    .withPanel(
      number({
        title: 'Requests in flight',
        description: 'Requests given to a loop and not finished.',
        unit: 'none',
        width,
        decimals: 0,
        queries: [{ expr: `sum(${gauge('evenloop_proxy_in_flight_requests', ...both)})`, legend: 'in flight' }],
      }),
    )
    .withPanel(
      number({
        title: 'Waiting for a loop',
        description: 'Requests in the queue: every loop that they may take holds as many as it may.',
        unit: 'none',
        width,
        decimals: 0,
        thresholds: thresholds(1, 100),
        queries: [{ expr: `sum(${gauge('evenloop_proxy_queue_depth', ofBalancer)})`, legend: 'waiting' }],
      }),
    )
    .withPanel(
      number({
        title: 'Refused',
        description: 'Requests a second that were answered 503 because no loop could take them in time.',
        unit: 'reqps',
        width,
        thresholds: thresholds(0.001, 1),
        queries: [{ expr: orZero(`sum(${rate('evenloop_proxy_shed_total', ofBalancer)})`), legend: 'refused' }],
      }),
    )
}

function traffic(board: DashboardBuilder): void {
  const requests = rate('evenloop_proxy_requests_total', ...both)
  board
    .withRow(new RowBuilder('Traffic'))
    .withPanel(
      lines({
        title: 'Requests by loop',
        description: 'To whom the requests go. A loop that is blocked or drains gets none.',
        unit: 'reqps',
        width: 8,
        stacked: true,
        queries: [{ expr: `sum by (loop) (${requests})`, legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Requests by lane',
        description: 'link is the fast lane. Upgrades, foreign servers and requests that are not plainly simple take the lane http.',
        unit: 'reqps',
        width: 8,
        stacked: true,
        colours: { link: colours.blue, http: colours.orange },
        queries: [{ expr: `sum by (lane) (${requests})`, legend: '{{lane}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Responses by status',
        description: 'Responses of loops, by class of status code.',
        unit: 'reqps',
        width: 8,
        stacked: true,
        colours: { '1xx': colours.grey, '2xx': colours.blue, '3xx': colours.green, '4xx': colours.orange, '5xx': colours.red },
        queries: [{ expr: `sum by (code) (${requests})`, legend: '{{code}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'In flight by loop',
        description: 'What the balancers choose by. A loop with far more than the others is held, or has slower requests.',
        unit: 'none',
        width: 8,
        queries: [{ expr: `sum by (loop) (${gauge('evenloop_proxy_in_flight_requests', ...both)})`, legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Connections',
        description: 'Client connections by balancer, and those that were upgraded, WebSockets mostly.',
        unit: 'none',
        width: 8,
        colours: { upgraded: colours.purple },
        queries: [
          { expr: `sum by (balancer) (${gauge('evenloop_proxy_connections', ofBalancer)})`, legend: 'balancer {{balancer}}' },
          { expr: `sum(${gauge('evenloop_proxy_upgraded_connections', ...both)})`, legend: 'upgraded' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'CPU of the balancers',
        description: 'A balancer uses one CPU at most. Near 100 % it is the bottleneck itself: start more of them.',
        unit: 'percentunit',
        width: 8,
        queries: [{ expr: `sum by (balancer) (${rate('evenloop_proxy_cpu_seconds_total', ofBalancer)})`, legend: 'balancer {{balancer}}' }],
      }),
    )
}

function latency(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Time to the response'))
    .withPanel(
      heat({
        title: 'Response time',
        description: 'From the choice of a loop to the head of its response, all requests.',
        unit: 's',
        width: 12,
        queries: [{ expr: buckets(duration, ...both), legend: '{{le}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Response time by loop, 99th percentile',
        description: 'One loop far above the others is held by a route of its own; all of them together are a slow dependency.',
        unit: 's',
        width: 12,
        queries: [{ expr: quantile(0.99, duration, ['loop'], ...both), legend: 'loop {{loop}}' }],
      }),
    )
}
