import fc from 'fast-check'
import { AggregatorRegistry } from 'prom-client'
import { expect, test } from 'vitest'

import { writeMetrics } from './exposition.ts'
import { metricCatalog } from './catalog.ts'
import { entryOf, mergeFamilies, type MetricFamily, type Series } from './family.ts'

const { loopRequests, loopInFlight, loopDelay, proxyRequests } = metricCatalog

/** The same as prom-client has it: a sample for each bucket. */
function asPromClient({ name, series }: MetricFamily): object {
  const { help, type, buckets } = entryOf(name)!
  const samples = ({ labels, value }: Series): object[] => {
    if (typeof value === 'number') return [{ labels, value }]
    const bounds = [...buckets!, '+Inf']
    return [
      ...bounds.map((le, i) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: value[i] })),
      { metricName: `${name}_sum`, labels, value: value.at(-1) },
      { metricName: `${name}_count`, labels, value: value.at(-2) },
    ]
  }
  return { name, help, type, aggregator: 'sum', values: series.flatMap(samples) }
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .sort()

const count = fc.integer({ min: 0, max: 1_000_000 })
const loop = fc.constantFrom('0', '1', 'ten')
const single = (name: string) =>
  fc
    .uniqueArray(loop)
    .chain((loops) =>
      fc.tuple(...loops.map((id) => count.map((value) => ({ labels: { loop: id }, value })))).map((series) => ({ name, series })),
    )
const histogram = fc
  .uniqueArray(loop)
  .chain((loops) =>
    fc
      .tuple(
        ...loops.map((id) =>
          fc
            .array(count, { minLength: loopDelay.buckets.length + 2, maxLength: loopDelay.buckets.length + 2 })
            .map((value) => ({ labels: { loop: id }, value })),
        ),
      )
      .map((series) => ({ name: loopDelay.name, series })),
  )

test('what is merged is what prom-client would have merged', async () => {
  const part = fc.tuple(single(loopRequests.name), single(loopInFlight.name), histogram)
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
      const theirs = AggregatorRegistry.aggregate(parts.map((each) => each.map(asPromClient)))
      const empty = (await theirs.getMetricsAsJSON()).filter(({ values }) => values.length === 0)
      for (const { name } of empty) theirs.removeSingleMetric(name)
      expect(lines(writeMetrics(mergeFamilies(parts), 'text'))).toEqual(lines(await theirs.metrics()))
    }),
    { numRuns: 100 },
  )
})

test('series are one by their labels, in whatever order these are given', () => {
  const { name } = proxyRequests
  const merged = mergeFamilies([
    [{ name, series: [{ labels: { balancer: '0', loop: '1', code: '2xx', lane: 'link' }, value: 2 }] }],
    [{ name, series: [{ labels: { lane: 'link', code: '2xx', loop: '1', balancer: '0' }, value: 3 }] }],
  ])
  expect(merged.map(({ series }) => series.map(({ value }) => value))).toEqual([[5]])
})

test('what cannot be a sample is left out, for one of them would cost the whole scrape', () => {
  const wire = JSON.parse(
    JSON.stringify([
      { name: 'evenloop_of_a_newer_version', series: [{ labels: {}, value: 1 }] },
      { name: loopRequests.name, series: [{ labels: { loop: '0' }, value: Number.NaN }] },
      { name: loopInFlight.name, series: [{ labels: { loop: '0' }, value: 1 }] },
      { name: loopDelay.name, series: [{ labels: { loop: '0' }, value: [1, 2] }] },
    ]),
  ) as MetricFamily[]
  expect(mergeFamilies([wire]).map(({ name }) => name)).toEqual([loopInFlight.name])
})

test('series can be ended by their labels', () => {
  const part = [0, 1].map((id) => ({ labels: { loop: String(id) }, value: id }))
  expect(mergeFamilies([[{ name: loopRequests.name, series: part }]], (labels) => labels['loop'] !== '0')).toEqual([
    { name: loopRequests.name, series: [{ labels: { loop: '1' }, value: 1 }] },
  ])
})

test('a sum of fractions is the same in whatever order they are added', () => {
  const part = (value: number): MetricFamily[] => [{ name: metricCatalog.loopCpu.name, series: [{ labels: { loop: '0' }, value }] }]
  const sums = (values: readonly number[]): unknown => mergeFamilies(values.map(part))
  const seconds = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(seconds, (values) => {
      const all = sums(values)
      expect(sums(values.toReversed())).toEqual(all)
      // Half of them have ended before the other half is read.
      const ended = mergeFamilies(values.slice(0, values.length / 2).map(part))
      expect(mergeFamilies([...values.slice(values.length / 2).map(part), ended])).toEqual(all)
    }),
  )
})
