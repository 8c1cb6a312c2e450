import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { heat, lines } from './panels.ts'
import { buckets, gauge, ofLoop, rate, utilization } from './queries.ts'
import { colours } from './theme.ts'

/** One row for each loop that is chosen. */
export function withEachLoop(board: DashboardBuilder): void {
  const height = 6
  const width = 6
  board
    .withRow(new RowBuilder('Loop $loop').repeat('loop'))
    .withPanel(
      lines({
        title: 'Utilization',
        description: 'Event loop utilization, CPU time, and the part of it that went into pauses for garbage collection.',
        unit: 'percentunit',
        width,
        height,
        colours: { utilization: colours.blue, CPU: colours.green, 'garbage collection': colours.purple },
        queries: [
          { expr: `max(${utilization(ofLoop)})`, legend: 'utilization' },
          { expr: `sum(${rate('evenloop_loop_cpu_seconds_total', ofLoop)})`, legend: 'CPU' },
          { expr: `sum(${rate('evenloop_loop_gc_pause_seconds_sum', ofLoop)})`, legend: 'garbage collection' },
        ],
      }),
    )
    .withPanel(
      heat({
        title: 'Delay',
        description: 'How late the timers ran, 50 samples a second. Bright cells far up are blocks.',
        unit: 's',
        width,
        height,
        queries: [{ expr: buckets('evenloop_loop_delay_seconds', ofLoop), legend: '{{le}}' }],
      }),
    )
    .withPanel(
      lines({
        title: 'Requests',
        description: 'Requests in flight (left) and handed to the app a second (right).',
        unit: 'none',
        width,
        height,
        colours: { 'in flight': colours.orange, 'a second': colours.blue },
        queries: [
          { expr: `sum(${gauge('evenloop_loop_in_flight_requests', ofLoop)})`, legend: 'in flight' },
          { expr: `sum(${rate('evenloop_loop_requests_total', ofLoop)})`, legend: 'a second' },
        ],
      }).overrideByName('a second', [
        { id: 'unit', value: 'reqps' },
        { id: 'custom.axisPlacement', value: 'right' },
      ]),
    )
    .withPanel(
      lines({
        title: 'Memory',
        description: 'Resident memory of the process, and the heap in use by JavaScript. A rising lower edge of the heap is a leak.',
        unit: 'bytes',
        width,
        height,
        colours: { resident: colours.blue, heap: colours.green },
        queries: [
          { expr: `sum(${gauge('evenloop_loop_resident_memory_bytes', ofLoop)})`, legend: 'resident' },
          { expr: `sum(${gauge('evenloop_loop_heap_used_bytes', ofLoop)})`, legend: 'heap' },
        ],
      }),
    )
}
