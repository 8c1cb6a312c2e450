import { balancerCatalog } from './balancer-catalog.ts'
import { loopCatalog } from './loop-catalog.ts'
import type { MetricEntry } from './entry.ts'

/**
 * Every metric there is. The code that counts takes name, type, help and buckets from here; docs/metrics.md is written
 * from it; dashboards, alerts and docs may name nothing else (test/metric-names.test.ts).
 */
export const metricCatalog = {
  ...loopCatalog,
  loopUp: {
    name: 'evenloop_loop_up',
    type: 'gauge',
    labels: ['loop'],
    unit: '1 or 0',
    from: 'supervisor',
    help: 'Whether the loop may be given requests.',
    meaning: '0 while it starts, drains or is down. A loop that runs alone shows 1 of itself.',
    alert: { name: 'EvenloopLoopDown', when: 'max_over_time(evenloop_loop_up[1m]) == 0' },
  },
  loopRestarts: {
    name: 'evenloop_loop_restarts_total',
    type: 'counter',
    labels: ['loop'],
    unit: 'restarts',
    from: 'supervisor',
    help: 'Unplanned ends of the loop, and replacements for its memory or because it hung.',
    meaning: 'Reloads do not count. What the app said last is in the log of the supervisor.',
    alert: { name: 'EvenloopLoopRestarting', when: 'increase(evenloop_loop_restarts_total[10m]) > 2' },
  },
  loopHolds: {
    name: 'evenloop_loop_holds_total',
    type: 'counter',
    labels: ['loop'],
    unit: 'holds',
    from: 'supervisor',
    help: 'Times that the event loop was held for 100 ms or more.',
    meaning:
      'Each of them delayed every other request of that loop. The log names the routes, `evenloop_route_blocking_seconds` says how long each holds its loop.',
  },
  loopIsolated: {
    name: 'evenloop_loop_isolated',
    type: 'gauge',
    labels: ['loop'],
    unit: '1 or 0',
    from: 'supervisor',
    help: 'Whether the loop is kept for routes that block.',
    meaning: '1 for loops and workers that carry blocking routes, so that the others never see them. A loop that runs alone shows its own.',
  },
  loopConcurrency: {
    name: 'evenloop_loop_concurrency',
    type: 'gauge',
    labels: ['loop'],
    unit: 'requests',
    from: 'supervisor',
    help: 'Requests that the loop holds at once; 0 sets no cap.',
    meaning: '1 for a sync worker: being held is its work, and the alerts on blocked and late loops leave it out.',
  },
  loopBlocked: {
    name: 'evenloop_loop_blocked',
    type: 'gauge',
    labels: ['loop'],
    unit: '1 or 0',
    from: 'supervisor',
    help: 'Whether the loop holds requests and has fallen silent: a handler keeps its event loop busy.',
    meaning:
      'It is set while the handler still runs. A loop that is blocked cannot answer for itself, so its other values are the last ones known. Which route it is: the console, or `evenloop_route_blocking_seconds` afterwards.',
    alert: {
      name: 'EvenloopLoopBlocked',
      when: 'avg_over_time(evenloop_loop_blocked[1m]) > 0.5 unless evenloop_loop_isolated == 1 or evenloop_loop_concurrency == 1',
    },
  },
  ...balancerCatalog,
  proxyRestarts: {
    name: 'evenloop_proxy_restarts_total',
    type: 'counter',
    labels: ['balancer'],
    unit: 'restarts',
    from: 'supervisor',
    help: 'Unplanned ends of the balancer.',
    meaning: 'No app runs in a balancer: each of these is worth a look at the log, and a report.',
    alert: { name: 'EvenloopBalancerRestarting', when: 'increase(evenloop_proxy_restarts_total[10m]) > 0' },
  },
  buildInfo: {
    name: 'evenloop_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    unit: '1',
    from: 'supervisor',
    help: 'The running version; always 1.',
    meaning: 'Join it to other metrics to see what a new version changed.',
  },
} as const satisfies Record<string, MetricEntry>

/** The same as a list. */
export const allMetrics: readonly MetricEntry[] = Object.values(metricCatalog)
