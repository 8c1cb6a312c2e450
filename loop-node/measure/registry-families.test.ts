import { Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'

import { registryFamilies } from './registry-families.ts'

test('a histogram of a registry becomes one series for each of its labels', async () => {
  const registry = new Registry()
  registry.setDefaultLabels({ loop: '0' })
  const registers = [registry]
  const pauses = new Histogram({ name: 'pauses', help: 'Pauses.', labelNames: ['kind'], buckets: [1, 2], registers })
  pauses.observe({ kind: 'minor' }, 1.5)
  pauses.observe({ kind: 'major' }, 5)
  pauses.observe({ kind: 'minor' }, 0.5)
  new Gauge({ name: 'heap', help: 'Heap.', registers }).set(7)
  expect(registryFamilies(await registry.getMetricsAsJSON())).toEqual([
    {
      name: 'pauses',
      series: [
        { labels: { loop: '0', kind: 'minor' }, value: [1, 2, 2, 2] },
        { labels: { loop: '0', kind: 'major' }, value: [0, 0, 1, 5] },
      ],
    },
    { name: 'heap', series: [{ labels: { loop: '0' }, value: 7 }] },
  ])
})
