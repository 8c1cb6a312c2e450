import { performance } from 'node:perf_hooks'

import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import { metricCatalog } from '../../core/metrics/catalog.ts'
import type { MetricEntry } from '../../core/metrics/entry.ts'
import type { MetricFamily } from '../../core/metrics/family.ts'
import { registryFamilies } from './registry-families.ts'

/** What the metrics show at the moment when they are read. */
interface Readings {
  readonly utilization: number
  readonly rssBytes: number
  readonly cpuSeconds: number
  /** Known of a loop of our own only; a foreign server keeps these to itself. */
  readonly own?: Own | undefined
}

interface Own {
  readonly inFlight: number
  readonly requests: number
  /** The time for which these were open, added up. */
  readonly requestSeconds: number
  readonly heapUsedBytes: number
}

export interface LoopMetrics {
  observeDelay(seconds: number): void
  observeGc(kind: string, seconds: number): void
  /** Everything as it is now. */
  read(): Promise<MetricFamily[]>
}

interface Options {
  readonly loop: string
  readonly foreign: boolean
  /** A loop that runs alone says itself that it is up, and whether it is isolated; else the supervisor does, which knows better. */
  readonly up: boolean
  readonly isolated: () => boolean
  readonly readings: () => Readings
  /** What is counted elsewhere, with labels of its own. */
  readonly more?: () => readonly MetricFamily[]
}

// There from the start: a rate over a series that appears with its first pause would miss that pause.
const gcKinds = ['minor', 'major', 'incremental']

/** The metrics of one loop, each with its label `loop`. */
export function createLoopMetrics({ loop, foreign, up, isolated, readings, more }: Options): LoopMetrics {
  const registry = new Registry()
  registry.setDefaultLabels({ loop })
  const registers = [registry]

  const gauge = ({ name, help }: MetricEntry, read: () => number): void => {
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  const counter = ({ name, help }: MetricEntry, read: () => number): void => {
    void new Counter({
      name,
      help,
      registers,
      // The total is kept elsewhere; a counter can only be raised.
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  gauge(metricCatalog.loopUtilization, () => readings().utilization)
  gauge(metricCatalog.loopResidentMemory, () => readings().rssBytes)
  gauge(metricCatalog.loopStartTime, () => performance.timeOrigin / 1000)
  counter(metricCatalog.loopCpu, () => readings().cpuSeconds)
  if (up) {
    gauge(metricCatalog.loopUp, () => 1)
    gauge(metricCatalog.loopIsolated, () => (isolated() ? 1 : 0))
  }
  if (!foreign) {
    gauge(metricCatalog.loopInFlight, () => readings().own?.inFlight ?? 0)
    counter(metricCatalog.loopRequests, () => readings().own?.requests ?? 0)
    counter(metricCatalog.loopRequestSeconds, () => readings().own?.requestSeconds ?? 0)
    gauge(metricCatalog.loopHeapUsed, () => readings().own?.heapUsedBytes ?? 0)
  }
  const own = foreign ? [] : registers
  const histogram = <Label extends string>(
    { name, help, buckets }: MetricEntry & { readonly buckets: readonly number[] },
    labelNames: readonly Label[],
  ): Histogram<Label> => new Histogram({ name, help, labelNames, buckets: [...buckets], registers: own })
  const delay = histogram(metricCatalog.loopDelay, [])
  const gc = histogram(metricCatalog.loopGcPause, ['kind'])
  for (const kind of gcKinds) gc.zero({ kind })

  return {
    observeDelay: (seconds) => delay.observe(seconds),
    observeGc: (kind, seconds) => gc.observe({ kind }, seconds),
    read: async () => [...registryFamilies(await registry.getMetricsAsJSON()), ...(more?.() ?? [])],
  }
}
