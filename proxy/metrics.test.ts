import { expect, test } from 'vitest'

import { metricCatalog } from '../core/metrics/catalog.ts'
import { mergeFamilies, type MetricFamily } from '../core/metrics/family.ts'
import { ProxyMetrics, type LiveCounts } from './metrics.ts'

const live: LiveCounts = { connections: () => 3, queued: () => 0, endpoints: () => [], cpuSeconds: () => 1.5, rssBytes: () => 1000 }

const valuesOf = (families: readonly MetricFamily[], { name }: { readonly name: string }): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    (families.find((family) => family.name === name)?.series ?? []).map(({ labels, value }) => [
      Object.entries(labels)
        .filter(([label]) => label !== 'balancer')
        .map(([, text]) => text)
        .join(' '),
      value,
    ]),
  )

test('a process that drains and its successor are one loop', () => {
  const endpoints = [
    { loop: '0', inFlight: 2, tunnels: 1, limit: 0 },
    { loop: '0', inFlight: 3, tunnels: 0, limit: 4 },
    { loop: '1', inFlight: 0, tunnels: 4, limit: 2 },
  ]
  const families = new ProxyMetrics('0', { ...live, endpoints: () => endpoints }).read()
  expect(valuesOf(families, metricCatalog.proxyInFlight)).toEqual({ 0: 5, 1: 0 })
  expect(valuesOf(families, metricCatalog.proxyUpgraded)).toEqual({ 0: 1, 1: 4 })
  expect(valuesOf(families, metricCatalog.proxyConcurrencyLimit)).toEqual({ 0: 4, 1: 2 })
})

test('counters of what seldom happens are there before it has happened', () => {
  const families = mergeFamilies([new ProxyMetrics('0', live).read()])
  expect(valuesOf(families, metricCatalog.proxyShed)).toEqual({ queue_full: 0, queue_timeout: 0, queue_delay: 0, displaced: 0, no_loop: 0 })
  expect(valuesOf(families, metricCatalog.proxyErrors)).toMatchObject({ LOOP_FAILED: 0, LOOP_TIMEOUT: 0 })
  expect(valuesOf(families, metricCatalog.proxyRetries)).toEqual({ '': 0 })
  expect(valuesOf(families, metricCatalog.proxyCpu)).toEqual({ '': 1.5 })
})
