import { expect, test } from 'vitest'

import { chooseFormat, writeMetrics } from './exposition.ts'
import { histogramFamily } from './fast-metrics.ts'
import { metricCatalog } from './catalog.ts'

const { loopCpu, loopDelay, routeBlocking, buildInfo } = metricCatalog

test.each([
  ['nothing', undefined, 'text'],
  ['curl', '*/*', 'text'],
  ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  [
    'Prometheus 2',
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'openmetrics',
  ],
  ['a version that there is not', 'application/openmetrics-text; version=2.0.0', 'text'],
  ['a refusal', 'application/openmetrics-text;q=0', 'text'],
  ['a preference', 'application/openmetrics-text;q=0.1, text/plain', 'text'],
])('the format for %s', (_who, accept, format) => {
  expect(chooseFormat(accept)).toBe(format)
})

test('OpenMetrics names counters without the suffix of their samples, tells the unit, and ends', () => {
  const delay = histogramFamily(loopDelay, { loop: '0' })
  delay.child({}).observe(0.75)
  const families = [
    { name: loopCpu.name, series: [{ labels: { loop: '0' }, value: 1.5 }] },
    delay.read(),
    { name: buildInfo.name, series: [{ labels: { version: '1.2.3', node: 'v24' }, value: 1 }] },
  ]
  expect(writeMetrics(families, 'openmetrics').split('\n')).toEqual([
    `# HELP evenloop_loop_cpu_seconds ${loopCpu.help}`,
    '# TYPE evenloop_loop_cpu_seconds counter',
    '# UNIT evenloop_loop_cpu_seconds seconds',
    'evenloop_loop_cpu_seconds_total{loop="0"} 1.5',
    `# HELP evenloop_loop_delay_seconds ${loopDelay.help}`,
    '# TYPE evenloop_loop_delay_seconds histogram',
    '# UNIT evenloop_loop_delay_seconds seconds',
    ...['0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5'].map(
      (le) => `evenloop_loop_delay_seconds_bucket{loop="0",le="${le}"} 0`,
    ),
    ...['1.0', '2.5', '5.0', '10.0', '+Inf'].map((le) => `evenloop_loop_delay_seconds_bucket{loop="0",le="${le}"} 1`),
    'evenloop_loop_delay_seconds_sum{loop="0"} 0.75',
    'evenloop_loop_delay_seconds_count{loop="0"} 1',
    `# HELP evenloop_build_info ${buildInfo.help}`,
    '# TYPE evenloop_build_info gauge',
    'evenloop_build_info{version="1.2.3",node="v24"} 1',
    '# EOF',
    '',
  ])
})

test('a route that a client has named cannot break out of its label', () => {
  const series = [
    { labels: { method: 'GET', route: '/a"} 1\n\\' }, value: Array.from({ length: routeBlocking.buckets.length + 2 }, () => 1) },
  ]
  const text = writeMetrics([{ name: routeBlocking.name, series }], 'text')
  expect(
    text
      .split('\n')
      .filter((line) => !line.startsWith('#') && !line.startsWith('evenloop_route_blocking_seconds'))
      .join(''),
  ).toBe('')
  expect(text).toContain('route="/a\\"} 1\\n\\\\"')
})
