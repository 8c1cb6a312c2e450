import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { lines } from './panels.ts'
import { increase, ofBalancer, orZero, rate } from './queries.ts'
import { colours } from './theme.ts'

/** What went wrong, and what of it clients did not notice. Each panel has a line that is there without trouble, too. */
export function withTrouble(board: DashboardBuilder): void {
  const shed = rate('evenloop_proxy_shed_total', ofBalancer)
  const errors = rate('evenloop_proxy_errors_total', ofBalancer)
  const width = 12
  board
    .withRow(new RowBuilder('Trouble'))
    .withPanel(
      lines({
        title: 'Refused by reason',
        description:
          'queue_full, queue_timeout, queue_delay: more work than the loops can do; displaced: by a request of higher priority; no_loop: none serves. Clients got 503 with Retry-After.',
        unit: 'reqps',
        width,
        colours: {
          all: colours.grey,
          queue_full: colours.orange,
          queue_timeout: colours.purple,
          queue_delay: colours.blue,
          displaced: colours.green,
          no_loop: colours.red,
        },
        queries: [
          { expr: orZero(`sum(${shed})`), legend: 'all' },
          { expr: `sum by (reason) (${shed})`, legend: '{{reason}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Answers of the balancer by code',
        description:
          'Errors that no loop answered with. LOOP_FAILED: a loop died with the request; LOOP_TIMEOUT: it did not answer; 4xx codes are the client’s, RATE_LIMITED of one that asks too often.',
        unit: 'reqps',
        width,
        colours: {
          all: colours.grey,
          LOOP_FAILED: colours.red,
          LOOP_TIMEOUT: colours.purple,
          OVERLOADED: colours.orange,
          NO_LOOP: colours.blue,
        },
        queries: [
          { expr: orZero(`sum(${errors})`), legend: 'all' },
          // There are a dozen codes, each with a series from the start: only those that happen are worth a line.
          { expr: `sum by (code) (${errors}) > 0`, legend: '{{code}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Saved',
        description:
          'Requests given to another loop after a failure or a silence; rescued are those of them that the first loop had not begun. Clients noticed nothing.',
        unit: 'reqps',
        width,
        colours: { retried: colours.orange, rescued: colours.green },
        queries: [
          { expr: `sum(${rate('evenloop_proxy_retries_total', ofBalancer)})`, legend: 'retried' },
          { expr: `sum(${rate('evenloop_proxy_rescued_total', ofBalancer)})`, legend: 'rescued' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Dropped and restarted',
        description: 'Connections closed at the limit of connections, and balancers that ended unplanned.',
        unit: 'none',
        width,
        bars: true,
        colours: { 'dropped connections': colours.orange, 'restarts of balancers': colours.red },
        queries: [
          { expr: `sum(${increase('evenloop_proxy_dropped_connections_total', ofBalancer)})`, legend: 'dropped connections' },
          { expr: orZero(`sum(${increase('evenloop_proxy_restarts_total', ofBalancer)})`), legend: 'restarts of balancers' },
        ],
      }),
    )
}
