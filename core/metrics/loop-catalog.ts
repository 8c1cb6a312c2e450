import type { MetricEntry } from './entry.ts'

/** From one millisecond, which nobody notices, to the ten seconds after which clients have left. */
const holdBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** What each loop counts of itself. */
export const loopCatalog = {
  loopUtilization: {
    name: 'evenloop_loop_utilization',
    type: 'gauge',
    labels: ['loop'],
    unit: 'ratio',
    from: 'loop',
    help: 'Share of the last report window in which the event loop was busy, 0 to 1.',
    meaning:
      'How full the loop is. Above 0.9 for minutes there is nothing left for a peak: add loops, or find the route that takes the time. Of a foreign server that does not report it, it is its share of one CPU.',
    alert: { name: 'EvenloopLoopSaturated', when: 'avg_over_time(evenloop_loop_utilization[5m]) > 0.9' },
  },
  loopDelay: {
    name: 'evenloop_loop_delay_seconds',
    type: 'histogram',
    labels: ['loop'],
    unit: 'seconds',
    from: 'loop',
    buckets: holdBuckets,
    help: 'How late the event loop ran its timers, sampled 50 times a second.',
    meaning:
      'What every request on that loop waits before anything happens. One handler that blocks is one large value; the mean hides it, so look at the 99th percentile.',
    alert: {
      name: 'EvenloopLoopDelayHigh',
      when: 'histogram_quantile(0.99, sum by (loop, instance, le) (rate(evenloop_loop_delay_seconds_bucket[5m]))) > 0.1',
    },
  },
  loopInFlight: {
    name: 'evenloop_loop_in_flight_requests',
    type: 'gauge',
    labels: ['loop'],
    unit: 'requests',
    from: 'loop',
    help: 'Requests the app has not finished.',
    meaning: 'Work in hand, waiting for I/O included. Loops that differ much for long have requests that differ much.',
  },
  loopRequests: {
    name: 'evenloop_loop_requests_total',
    type: 'counter',
    labels: ['loop'],
    unit: 'requests',
    from: 'loop',
    help: 'Requests handed to the app.',
    meaning: 'The rate is the share of the traffic that the loop gets. It goes on over restarts and reloads of the loop.',
  },
  loopRequestSeconds: {
    name: 'evenloop_loop_request_seconds_total',
    type: 'counter',
    labels: ['loop'],
    unit: 'seconds',
    from: 'loop',
    help: 'Time for which requests were open in the app, added up.',
    meaning:
      'Its rate is how many requests the loop holds on average: near 1 for a sync worker that is never free. Divided by the rate of `evenloop_loop_requests_total` it is how long one request takes there.',
  },
  loopHeapUsed: {
    name: 'evenloop_loop_heap_used_bytes',
    type: 'gauge',
    labels: ['loop'],
    unit: 'bytes',
    from: 'loop',
    help: 'Heap in use by JavaScript.',
    meaning: 'A sawtooth is health; a rising lower edge is a leak.',
  },
  loopResidentMemory: {
    name: 'evenloop_loop_resident_memory_bytes',
    type: 'gauge',
    labels: ['loop'],
    unit: 'bytes',
    from: 'loop',
    help: 'Resident memory of the process.',
    meaning: 'What the machine or the container limit sees: heap, buffers and code together.',
    alert: { name: 'EvenloopLoopMemoryGrowing', when: 'predict_linear(evenloop_loop_resident_memory_bytes[1h], 4 * 3600) > LIMIT' },
  },
  loopCpu: {
    name: 'evenloop_loop_cpu_seconds_total',
    type: 'counter',
    labels: ['loop'],
    unit: 'seconds',
    from: 'loop',
    help: 'CPU time of the process, user and system.',
    meaning: 'The rate is in CPUs. Above the utilization it is work beside the event loop: garbage collection, compression, DNS.',
  },
  loopGcPause: {
    name: 'evenloop_loop_gc_pause_seconds',
    type: 'histogram',
    labels: ['loop', 'kind'],
    unit: 'seconds',
    from: 'loop',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    help: 'Pauses for garbage collection.',
    meaning: 'By kind: `minor` is frequent and short, `major` is rare and long. The rate of the sum is the share of time spent collecting.',
    alert: { name: 'EvenloopGcPressure', when: 'sum by (loop, instance) (rate(evenloop_loop_gc_pause_seconds_sum[5m])) > 0.1' },
  },
  loopStartTime: {
    name: 'evenloop_loop_start_time_seconds',
    type: 'gauge',
    labels: ['loop'],
    unit: 'seconds',
    from: 'loop',
    help: 'When the process of the loop began, in seconds since 1970.',
    meaning: 'It jumps with every restart and reload, so it dates what changed then. `time() -` it is the age of the process.',
  },
  routeBlocking: {
    name: 'evenloop_route_blocking_seconds',
    type: 'histogram',
    labels: ['method', 'route'],
    unit: 'seconds',
    from: 'loop',
    buckets: holdBuckets,
    help: 'How long one request held its event loop without giving it back, by route.',
    meaning:
      'Which route blocks. Summed over all loops, so it has no label `loop`. The rate of the sum is how many loops the route keeps busy; its 99th percentile is what its neighbours wait.',
    alert: {
      name: 'EvenloopRouteBlocks',
      when: 'histogram_quantile(0.99, sum by (method, route, le) (rate(evenloop_route_blocking_seconds_bucket[5m]))) > 0.1',
    },
  },
} as const satisfies Record<string, MetricEntry>
