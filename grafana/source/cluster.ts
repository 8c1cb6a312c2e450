import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { withEachLoop } from './each-loop.ts'
import { frame, marks } from './frame.ts'
import { withAllLoops } from './all-loops.ts'
import { lines, number } from './panels.ts'
import { answers, failures, gauge, orZero, quantile, rate, serverErrors, utilization } from './queries.ts'
import { atLeastOne, colours, thresholds } from './theme.ts'
import * as variables from './variables.ts'

const duration = 'evenloop_proxy_request_duration_seconds'

/** Is it well, and if not, which loop? */
export function cluster(): DashboardBuilder {
  const board = frame('evenloop-cluster', 'Cluster', 'Is the cluster well, and if not, which event loop is it?')
    .variables([variables.datasource(), variables.job(), variables.instance(), variables.loop()])
    .annotations(marks())
  numbers(board)
  goldenSignals(board)
  withAllLoops(board)
  withEachLoop(board)
  return board
}

function numbers(board: DashboardBuilder): void {
  board
    .withPanel(
      number({
        title: 'Requests',
        description: 'Requests answered a second, by loops or by the balancer itself.',
        unit: 'reqps',
        width: 6,
        queries: [{ expr: answers(), legend: 'requests' }],
      }),
    )
    .withPanel(
      number({
        title: 'Failed',
        description:
          'Share of requests answered with a server error: 5xx of the app, and the balancer for want of a loop. 0.1 % is the error budget.',
        unit: 'percentunit',
        width: 6,
        decimals: 2,
        thresholds: thresholds(0.001, 0.01),
        none: 'no traffic',
        queries: [{ expr: `(${orZero(failures())}) / (${answers()} > 0)`, legend: 'failed' }],
      }),
    )
    .withPanel(
      number({
        title: 'Latency, 99th percentile',
        description: 'Of 100 requests, 99 got the head of their response within this time, counted from the choice of a loop.',
        unit: 's',
        width: 6,
        thresholds: thresholds(0.25, 1),
        none: 'no traffic',
        queries: [{ expr: `${quantile(0.99, duration, [])} > 0`, legend: 'p99' }],
      }),
    )
    .withPanel(
      number({
        title: 'Loops serving',
        description: 'Event loops that may be given requests now.',
        unit: 'none',
        width: 6,
        decimals: 0,
        thresholds: atLeastOne(),
        queries: [{ expr: `sum(${gauge('evenloop_loop_up')})`, legend: 'serving' }],
      }),
    )
}

function goldenSignals(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Golden signals'))
    .withPanel(
      lines({
        title: 'Traffic',
        description: 'Answers of loops by class of status code, stacked, and what the balancer answered itself.',
        unit: 'reqps',
        width: 12,
        stacked: true,
        colours: {
          '1xx': colours.grey,
          '2xx': colours.blue,
          '3xx': colours.green,
          '4xx': colours.orange,
          '5xx': colours.red,
          'by the balancer': colours.purple,
        },
        queries: [
          { expr: `sum by (code) (${rate('evenloop_proxy_requests_total')})`, legend: '{{code}}' },
          { expr: orZero(`sum(${rate('evenloop_proxy_errors_total')})`), legend: 'by the balancer' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Errors',
        description:
          'Server errors a second: 5xx of the app, and answers of the balancer for want of a loop. The dashboard Balancer has every code.',
        unit: 'reqps',
        width: 12,
        colours: { '5xx of the app': colours.red, 'by the balancer': colours.purple },
        queries: [
          { expr: orZero(`sum(${rate('evenloop_proxy_requests_total', 'code="5xx"')})`), legend: '5xx of the app' },
          { expr: orZero(`sum(${serverErrors()})`), legend: 'by the balancer' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Latency',
        description:
          'From the choice of a loop to the head of its response. Where p99 leaves p50 behind, some requests wait for a loop that is held.',
        unit: 's',
        width: 12,
        colours: { p50: colours.blue, p90: colours.green, p99: colours.red },
        queries: [
          { expr: quantile(0.5, duration, []), legend: 'p50' },
          { expr: quantile(0.9, duration, []), legend: 'p90' },
          { expr: quantile(0.99, duration, []), legend: 'p99' },
        ],
      }),
    )
    .withPanel(
      lines({
        title: 'Saturation',
        description: 'How full the loops are. The mean near 1: add loops. Only the fullest near 1: one route holds one loop.',
        unit: 'percentunit',
        width: 12,
        max: 1,
        colours: { 'fullest loop': colours.red, mean: colours.blue },
        queries: [
          { expr: `max(${utilization()})`, legend: 'fullest loop' },
          { expr: `avg(${utilization()})`, legend: 'mean' },
        ],
      }),
    )
}
