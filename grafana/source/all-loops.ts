import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { loopStates } from './loop-states.ts'
import { lines } from './panels.ts'
import { gauge, ofLoop, quantile, rate, restarts, utilization } from './queries.ts'

const perLoop = (expr: string) => [{ expr: `sum by (loop) (${expr})`, legend: 'loop {{loop}}' }]

/** Every loop as a line, to see which one differs. */
export function withAllLoops(board: DashboardBuilder): void {
  board
    .withRow(new RowBuilder('Loops side by side'))
    .withPanel(loopStates())
    .withPanel(
      lines({
        title: 'Utilization',
        description: 'Share of the last second in which each loop was busy. A loop that is blocked counts as full.',
        unit: 'percentunit',
        width: 12,
        max: 1,
        queries: [{ expr: `max by (loop) (${utilization(ofLoop)})`, legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Delay, 99th percentile',
        description: 'How late timers run: what every request on that loop waits before anything happens. Above 100 ms look at Routes.',
        unit: 's',
        width: 8,
        queries: [{ expr: quantile(0.99, 'evenloop_loop_delay_seconds', ['loop'], ofLoop), legend: 'loop {{loop}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Requests in flight',
        description: 'Requests that the app has not finished, those that wait for I/O included. It grows where a loop is held.',
        unit: 'none',
        width: 8,
        queries: perLoop(gauge('evenloop_loop_in_flight_requests', ofLoop)),
      }),
    )
    .withPanel(
      lines({
        title: 'Requests by loop',
        description: 'The share of the traffic that each loop gets. It should be even while all of them are well.',
        unit: 'reqps',
        width: 8,
        queries: perLoop(rate('evenloop_loop_requests_total', ofLoop)),
      }),
    )
    .withPanel(
      lines({
        title: 'Resident memory',
        description: 'What the machine or the container limit sees. A line that only rises is a leak.',
        unit: 'bytes',
        width: 8,
        queries: perLoop(gauge('evenloop_loop_resident_memory_bytes', ofLoop)),
      }),
    )
    .withPanel(
      lines({
        title: 'Garbage collection',
        description: 'Share of time spent in pauses for garbage collection. Above a tenth the heap is too small or too much is allocated.',
        unit: 'percentunit',
        width: 8,
        queries: perLoop(rate('evenloop_loop_gc_pause_seconds_sum', ofLoop)),
      }),
    )
    .withPanel(
      lines({
        title: 'Restarts',
        description: 'Unplanned ends, and replacements for memory. Of loops that run alone every new process counts.',
        unit: 'none',
        width: 8,
        bars: true,
        queries: perLoop(restarts(ofLoop)),
      }),
    )
}
