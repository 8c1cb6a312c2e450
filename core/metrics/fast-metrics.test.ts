import fc from 'fast-check'
import { Counter, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { writeMetrics } from './exposition.ts'
import { counterFamily, histogramFamily } from './fast-metrics.ts'
import { metricCatalog } from './catalog.ts'

const { proxyRequests, proxyRequestDuration } = metricCatalog

/** Lines and the labels in them have no order; prom-client has a blank line between metrics. */
const sorted = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\{(.*)\}/, (_all, labels: string) => `{${labels.split(',').sort().join(',')}}`))
    .sort()

const peer = (): Registry => {
  const registry = new Registry()
  registry.setDefaultLabels({ balancer: '0' })
  return registry
}

test('a counter is read as one of prom-client is', async () => {
  const theirs = peer()
  const family = counterFamily(proxyRequests, { balancer: '0' })
  const { name, help } = proxyRequests
  const counter = new Counter({ name, help, labelNames: ['loop', 'code', 'lane'], registers: [theirs] })
  for (const loop of ['a', 'b"\\\n', 'a']) {
    family.child({ loop, code: '2xx', lane: 'link' }).value += 2
    counter.inc({ loop, code: '2xx', lane: 'link' }, 2)
  }
  expect(sorted(writeMetrics([family.read()], 'text'))).toEqual(sorted(await theirs.metrics()))
})

test('a histogram is read as one of prom-client is, whatever it has seen', async () => {
  const { name, help, buckets } = proxyRequestDuration
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.constantFrom(...buckets, 0), fc.double({ min: 0, max: 40, noNaN: true }))), async (values) => {
      const theirs = peer()
      const family = histogramFamily(proxyRequestDuration, { balancer: '0' })
      const child = family.child({ loop: 'a' })
      const histogram = new Histogram({ name, help, labelNames: ['loop'], buckets: [...buckets], registers: [theirs] })
      histogram.zero({ loop: 'a' })
      for (const value of values) {
        child.observe(value)
        histogram.observe({ loop: 'a' }, value)
      }
      expect(sorted(writeMetrics([family.read()], 'text'))).toEqual(sorted(await theirs.metrics()))
    }),
    { numRuns: 50 },
  )
})

test('a child is one by its labels, and ends with the label that is removed', () => {
  const family = counterFamily(proxyRequests)
  const first = family.child({ loop: 'a', code: '2xx' })
  expect(family.child({ loop: 'a', code: '2xx' })).toBe(first)
  expect(family.child({ loop: 'a', code: '5xx' })).not.toBe(first)
  family.child({ loop: 'b', code: '2xx' }).value = 7
  family.remove('loop', 'a')
  expect(family.read().series).toEqual([{ labels: { loop: 'b', code: '2xx' }, value: 7 }])
})
