import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { lines } from './panels.ts'
import { gauge, ofBalancer, quantile, rate } from './queries.ts'
import { colours } from './theme.ts'

const waited = 'evenloop_proxy_queue_seconds'

/** What finds no loop that may take it. */
export function withQueue(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Queue'))
    .withPanel(
      lines({
        title: 'Waiting for a loop',
        description: 'Requests in the queue of each balancer at the moment of a scrape. Shorter queues show only at the right.',
        unit: 'none',
        width: 8,
        queries: [{ expr: `sum by (balancer) (${gauge('evenloop_proxy_queue_depth', ofBalancer)})`, legend: 'balancer {{balancer}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Time waited',
        description: 'How long those waited that had to wait and were served. Nothing is shown while none waits.',
        unit: 's',
        width: 8,
        colours: { p50: colours.blue, p99: colours.red },
        queries: [
          { expr: quantile(0.5, waited, [], ofBalancer), legend: 'p50' },
          { expr: quantile(0.99, waited, [], ofBalancer), legend: 'p99' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Requests that had to wait',
        description:
          'Requests a second that found every loop at its limit, or all that are kept for blocking routes held, and were served after a wait.',
        unit: 'reqps',
        width: 8,
        colours: { waited: colours.orange },
        queries: [{ expr: `sum(${rate(`${waited}_count`, ofBalancer)})`, legend: 'waited' }],
      }),
    )
}
