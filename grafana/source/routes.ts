import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { frame, marks } from './frame.ts'
import { heat, lines, ranking } from './panels.ts'
import { buckets, gauge, increase, ofRoute, quantile, rate } from './queries.ts'
import { routeTable } from './route-table.ts'
import { thresholds } from './theme.ts'
import * as variables from './variables.ts'

const blocking = 'evenloop_route_blocking_seconds'
const byRoute = ['method', 'route']
const legend = '{{method}} {{route}}'

/** Seconds of event loop a second, as a share of what all loops have. */
const share = `sum by (method, route) (${rate(`${blocking}_sum`, ofRoute)}) / scalar(count(${gauge('evenloop_loop_utilization')}))`
// More would be no more readable, and a heap of series to draw every five seconds.
const top = (expr: string) => `topk(12, ${expr})`

/** Which route blocks? */
export function routes(): DashboardBuilder {
  const board = frame('evenloop-routes', 'Routes', 'Which route holds the event loops, and for how long?')
    .variables([variables.datasource(), variables.job(), variables.instance(), variables.route()])
    .annotations(marks())
  return board
    .withPanel(
      ranking({
        title: 'Loop time by route',
        description: 'Share of the time of all loops that each route holds. Everything else on a loop waits meanwhile.',
        unit: 'percentunit',
        width: 9,
        max: 1,
        thresholds: thresholds(0.2, 0.5),
        queries: [{ expr: `sort_desc(topk(8, ${share}))`, legend }],
      }),
    )
    .withPanel(routeTable({ share }))
    .withRow(new RowBuilder('How long a request holds its loop'))
    .withPanel(
      lines({
        title: 'Blocking, 99th percentile',
        description: 'Of 100 requests to the route, 99 gave the loop back within this time. What a neighbour waits at worst.',
        unit: 's',
        width: 12,
        queries: [{ expr: top(quantile(0.99, blocking, byRoute, ofRoute)), legend }],
      }),
    )
    .withPanel(
      lines({
        title: 'Blocking, median',
        description: 'Half of the requests to the route gave the loop back within this time.',
        unit: 's',
        width: 12,
        queries: [{ expr: top(quantile(0.5, blocking, byRoute, ofRoute)), legend }],
      }),
    )
    .withPanel(
      heat({
        title: 'Blocking of the chosen routes',
        description:
          'How many requests held their loop for how long. Two bands are two kinds of requests: choose one route above to tell whose.',
        unit: 's',
        width: 12,
        queries: [{ expr: buckets(blocking, ofRoute), legend: '{{le}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Loop time',
        description: 'Share of the time of all loops that each route holds, stacked. At 100 % no loop has a moment left.',
        unit: 'percentunit',
        width: 12,
        stacked: true,
        queries: [{ expr: top(share), legend }],
      }),
    )
    .withRow(new RowBuilder('Around it'))
    .withPanel(
      lines({
        title: 'Requests by route',
        description: 'Requests finished a second.',
        unit: 'reqps',
        width: 8,
        stacked: true,
        queries: [{ expr: top(`sum by (method, route) (${rate(`${blocking}_count`, ofRoute)})`), legend }],
      }),
    )
    .withPanel(
      lines({
        title: 'Loop delay, 99th percentile',
        description: 'What the requests of all routes wait on each loop. It follows the route that blocks.',
        unit: 's',
        width: 8,
        queries: [{ expr: quantile(0.99, 'evenloop_loop_delay_seconds', ['loop']), legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Long holds',
        description: 'How often each loop was held for 100 ms or more. Loops that are kept for blocking routes may be.',
        unit: 'none',
        width: 8,
        bars: true,
        queries: [{ expr: `sum by (loop) (${increase('evenloop_loop_holds_total')})`, legend: 'loop {{loop}}' }],
      }),
    )
}
