import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { lines } from './panels.ts'
import { gauge, increase, ofBalancer, ofUpstream, orZero, rate } from './queries.ts'
import { colours } from './theme.ts'

const width = 6

/** What the balancers do about handlers that hold their loop: keep their routes apart, avoid their loop, give it less. */
export function withApart(board: DashboardBuilder): void {
  const blocking = 'evenloop_proxy_blocking_requests_total'
  board
    .withRow(new RowBuilder('Loops that are held'))
    .withPanel(
      lines({
        title: 'Requests of blocking routes',
        description:
          'isolated: given to a loop that is kept for such routes. open: to one of the others, whose requests wait behind it; many of them ask for more loops.',
        unit: 'reqps',
        width,
        stacked: true,
        colours: { isolated: colours.blue, open: colours.orange },
        queries: [{ expr: `sum by (placed) (${rate(blocking, ofBalancer)})`, legend: '{{placed}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Loops kept for them',
        description: 'Event loops that are kept for blocking routes, of those that serve. None where nothing blocks.',
        unit: 'none',
        width,
        colours: { 'kept apart': colours.orange, serving: colours.grey },
        queries: [
          { expr: orZero(`sum(${gauge('evenloop_loop_isolated')})`), legend: 'kept apart' },
          { expr: `sum(${gauge('evenloop_loop_up')})`, legend: 'serving' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Silences by loop',
        description:
          'How often a loop that held requests was not heard of for 15 ms, and got nothing new until it was. Those of loops that are kept apart are as it should be.',
        unit: 'none',
        width,
        bars: true,
        queries: [
          { expr: `sum by (loop) (${increase('evenloop_proxy_silences_total', ofBalancer, ofUpstream)})`, legend: 'loop {{loop}}' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Limit by loop',
        description:
          'How many requests each loop may hold at once. A limit that comes and goes is one that the loop was found to bear: it had too much to do. 0: none.',
        unit: 'none',
        width,
        queries: [
          {
            expr: `sum by (loop) (${gauge('evenloop_proxy_concurrency_limit', ofBalancer, ofUpstream)})`,
            legend: 'loop {{loop}}',
          },
        ],
      }),
    )
}
