import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { frame, marks } from './frame.ts'
import { withK6 } from './k6-panels.ts'
import { dropped, k6, k6Rate } from './k6-queries.ts'
import { lines, number } from './panels.ts'
import { answers, gauge, orZero, quantile, rate, utilization } from './queries.ts'
import { atLeastOne, colours, thresholds } from './theme.ts'
import * as variables from './variables.ts'

/** What k6 sees, beside what the server sees. */
export function loadTest(): DashboardBuilder {
  const board = frame('evenloop-load-test', 'Load test', 'What k6 sees of the cluster, beside what the cluster sees of itself.')
    .variables([variables.datasource(), variables.job(), variables.instance(), variables.script(), variables.k6Route()])
    .annotations(marks())
  numbers(board)
  sideBySide(board)
  withK6(board)
  ofServer(board)
  return board
}

function numbers(board: DashboardBuilder): void {
  const width = 6
  board
    .withPanel(
      number({
        title: 'k6: requests',
        description: 'Requests that k6 finished a second.',
        unit: 'reqps',
        width,
        none: 'no test',
        queries: [{ expr: `sum(${k6Rate('http_reqs_total')})`, legend: 'requests' }],
      }),
    )
    .withPanel(
      number({
        title: 'k6: checks passed',
        description: 'Share of passed checks of the worst check since the test began.',
        unit: 'percentunit',
        width,
        none: 'no test',
        thresholds: atLeastOne(),
        queries: [{ expr: `min(${k6('checks_rate')})`, legend: 'passed' }],
      }),
    )
    .withPanel(
      number({
        title: 'k6: slowest route, 99th percentile',
        description: 'Of the route with the largest p99 since the test began.',
        unit: 's',
        width,
        none: 'no test',
        thresholds: thresholds(0.25, 1),
        queries: [{ expr: `max(${k6('http_req_duration_p99')})`, legend: 'p99' }],
      }),
    )
    .withPanel(
      number({
        title: 'k6: iterations dropped',
        description:
          'Iterations that were due and could not be started, since the test began: k6 had no virtual user free. The rate asked for was not reached.',
        unit: 'none',
        width,
        decimals: 0,
        thresholds: thresholds(1, 100),
        queries: [{ expr: orZero(`sum(${dropped})`), legend: 'dropped' }],
      }),
    )
}

function sideBySide(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Side by side'))
    .withPanel(
      lines({
        title: 'Requests a second',
        description: 'The two lines should lie on each other. k6 below the server: other clients; above: requests that never arrived.',
        unit: 'reqps',
        width: 12,
        colours: { k6: colours.orange, server: colours.blue },
        queries: [
          { expr: `sum(${k6Rate('http_reqs_total')})`, legend: 'k6' },
          { expr: answers(), legend: 'server' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Latency, 99th percentile',
        description:
          'k6 counts since its test began and to the end of the body, the server over the last moments and to the head: k6 lags behind and lies above.',
        unit: 's',
        width: 12,
        colours: { 'k6, slowest route': colours.orange, server: colours.blue },
        queries: [
          { expr: `max(${k6('http_req_duration_p99')})`, legend: 'k6, slowest route' },
          { expr: quantile(0.99, 'evenloop_proxy_request_duration_seconds', []), legend: 'server' },
        ],
      }),
    )
}

function ofServer(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Server'))
    .withPanel(
      lines({
        title: 'Utilization by loop',
        description: 'Share of the last second in which each loop was busy. A loop that is blocked counts as full.',
        unit: 'percentunit',
        width: 8,
        max: 1,
        queries: [{ expr: `max by (loop) (${utilization()})`, legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Loop delay, 99th percentile',
        description: 'What every request on that loop waits before anything happens.',
        unit: 's',
        width: 8,
        queries: [{ expr: quantile(0.99, 'evenloop_loop_delay_seconds', ['loop']), legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Waiting and refused',
        description: 'Requests in the queue (left), and refused a second (right).',
        unit: 'none',
        width: 8,
        colours: { waiting: colours.blue, refused: colours.red },
        queries: [
          { expr: `sum(${gauge('evenloop_proxy_queue_depth')})`, legend: 'waiting' },
          { expr: orZero(`sum(${rate('evenloop_proxy_shed_total')})`), legend: 'refused' },
        ],
      }).overrideByName('refused', [
        { id: 'unit', value: 'reqps' },
        { id: 'custom.axisPlacement', value: 'right' },
      ]),
    )
}
