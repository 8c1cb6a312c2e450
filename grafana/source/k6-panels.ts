import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { dropped, k6, k6Rate, ofScript } from './k6-queries.ts'
import { lines } from './panels.ts'
import { orZero } from './queries.ts'
import { colours } from './theme.ts'

// k6 keeps a rate for each status code, which says nothing: all of the 503 have failed. So it is made from the counts.
const requests = (...matchers: string[]): string => `sum by (route) (${k6Rate('http_reqs_total', ...matchers)})`
const failed = `(${requests('expected_response="false"')} or 0 * ${requests()}) / ${requests()}`

/** What k6 measures, by the tag route of its script. */
export function withK6(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('k6'))
    .withPanel(
      lines({
        title: 'Requests by route',
        description: 'Requests that k6 finished a second, by the tag route.',
        unit: 'reqps',
        width: 8,
        stacked: true,
        queries: [{ expr: requests(), legend: '{{route}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'p95 and p99 by route',
        description: 'Duration of requests as k6 measures it, since the test began.',
        unit: 's',
        width: 8,
        queries: [
          { expr: `max by (route) (${k6('http_req_duration_p99')})`, legend: '{{route}} p99' },
          { expr: `max by (route) (${k6('http_req_duration_p95')})`, legend: '{{route}} p95' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Failed requests and checks',
        description:
          'Share of requests that failed in the last moments, refused ones included, and of checks that did not pass since the test began.',
        unit: 'percentunit',
        width: 8,
        queries: [
          { expr: failed, legend: '{{route}} requests' },
          { expr: `1 - min by (route) (${k6('checks_rate')})`, legend: '{{route}} checks' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Virtual users',
        description: 'In use, and set up. At an arrival rate more of them are in use the slower the server is.',
        unit: 'none',
        width: 8,
        colours: { 'in use': colours.blue, 'set up': colours.grey },
        queries: [
          { expr: `sum(k6_vus{${ofScript}})`, legend: 'in use' },
          { expr: `sum(k6_vus_max{${ofScript}})`, legend: 'set up' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Iterations',
        description: 'Finished a second, and dropped for want of a virtual user. Dropped ones make the test kinder than it claims to be.',
        unit: 'ops',
        width: 8,
        colours: { finished: colours.blue, dropped: colours.red },
        queries: [
          { expr: `sum(rate(k6_iterations_total{${ofScript}}[$__rate_interval]))`, legend: 'finished' },
          { expr: orZero(`sum(rate(${dropped}[$__rate_interval]))`), legend: 'dropped' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Longest request',
        description: 'The largest duration by route since the test began.',
        unit: 's',
        width: 8,
        queries: [{ expr: `max by (route) (${k6('http_req_duration_max')})`, legend: '{{route}}' }],
      }),
    )
}
