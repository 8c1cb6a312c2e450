import { Counter, Histogram, Registry } from 'prom-client'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FastCounter, FastFamily, FastHistogram } from './fast-metrics.ts'

const bounds = [0.1, 1, 10]

/** Lines and the labels in them have no order. */
const sorted = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_all, labels: string) => `{${labels.split(',').sort().join(',')}}`))
    .sort()

test('a counter is read as one of prom-client is', async () => {
  const ours = new Registry()
  const theirs = new Registry()
  for (const registry of [ours, theirs]) registry.setDefaultLabels({ balancer: '0' })
  const family = new FastFamily(ours, { name: 'requests_total', help: 'Requests.', type: 'counter' }, () => new FastCounter())
  const counter = new Counter({ name: 'requests_total', help: 'Requests.', labelNames: ['loop', 'code'], registers: [theirs] })
  for (const loop of ['a', 'b', 'a']) {
    family.child({ loop, code: '2xx' }).value += 2
    counter.inc({ loop, code: '2xx' }, 2)
  }
  expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()))
  expect(await ours.getMetricsAsJSON()).toMatchObject([{ name: 'requests_total', type: 'counter', aggregator: 'sum' }])
})

test('a histogram is read as one of prom-client is, whatever it has seen', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.constantFrom(...bounds, 0), fc.double({ min: 0, max: 20, noNaN: true }))), async (values) => {
      const ours = new Registry()
      const theirs = new Registry()
      const child = new FastFamily(
        ours,
        { name: 'seconds', help: 'Time.', type: 'histogram' },
        () => new FastHistogram(new Float64Array(bounds)),
      ).child({ loop: 'a' })
      const histogram = new Histogram({ name: 'seconds', help: 'Time.', labelNames: ['loop'], buckets: bounds, registers: [theirs] })
      histogram.zero({ loop: 'a' })
      for (const value of values) {
        child.observe(value)
        histogram.observe({ loop: 'a' }, value)
      }
      expect(sorted(await ours.metrics())).toEqual(sorted(await theirs.metrics()))
    }),
    { numRuns: 50 },
  )
})

test('a child is one by its labels, and ends with the label that is removed', async () => {
  const registry = new Registry()
  const family = new FastFamily(registry, { name: 'requests_total', help: 'Requests.', type: 'counter' }, () => new FastCounter())
  const first = family.child({ loop: 'a', code: '2xx' })
  expect(family.child({ loop: 'a', code: '2xx' })).toBe(first)
  expect(family.child({ loop: 'a', code: '5xx' })).not.toBe(first)
  family.child({ loop: 'b', code: '2xx' }).value = 7
  family.remove('loop', 'a')
  expect((await registry.metrics()).split('\n').filter((line) => line.startsWith('requests_total'))).toEqual([
    'requests_total{loop="b",code="2xx"} 7',
  ])
  expect(family.child({ loop: 'a', code: '2xx' })).not.toBe(first)
})
