import { expect, test } from 'vitest'

import { metricCatalog } from '../core/metrics/catalog.ts'
import type { Labels, MetricFamily } from '../core/metrics/family.ts'
import { Retired } from './retired.ts'

const { loopRequests, loopUtilization, loopDelay, routeBlocking, proxyRequests } = metricCatalog

const family = (name: string, ...series: [Labels, number | number[]][]): MetricFamily => ({
  name,
  series: series.map(([labels, value]) => ({ labels, value })),
})
const histogram = (scale: number): number[] => Array.from({ length: loopDelay.buckets.length + 2 }, (_, i) => i * scale)

test('the counters of several processes of one loop add up, and gauges end', () => {
  const retired = new Retired()
  retired.add([family(loopRequests.name, [{ loop: '0' }, 5]), family(loopUtilization.name, [{ loop: '0' }, 0.5])])
  retired.add([family(loopRequests.name, [{ loop: '0' }, 2]), family(loopUtilization.name, [{ loop: '0' }, 0.5])])
  expect(retired.families).toEqual([family(loopRequests.name, [{ loop: '0' }, 7])])
})

test('histograms add up bucket by bucket', () => {
  const retired = new Retired()
  retired.add([family(loopDelay.name, [{ loop: '0' }, histogram(1)])])
  retired.add([family(loopDelay.name, [{ loop: '0' }, histogram(10)])])
  expect(retired.families).toEqual([family(loopDelay.name, [{ loop: '0' }, histogram(11)])])
})

test('a loop that is gone for good takes its series along, those that balancers had of it too, but not the routes of the cluster', () => {
  const retired = new Retired()
  const route = { method: 'GET', route: '/' }
  retired.add([family(loopRequests.name, [{ loop: '0' }, 5]), family(routeBlocking.name, [route, histogram(1)])])
  retired.add([family(proxyRequests.name, [{ balancer: '0', loop: '0' }, 5], [{ balancer: '0', loop: '1' }, 6])])
  retired.endLoop('0')
  expect(retired.families).toEqual([
    family(routeBlocking.name, [route, histogram(1)]),
    family(proxyRequests.name, [{ balancer: '0', loop: '1' }, 6]),
  ])
})
