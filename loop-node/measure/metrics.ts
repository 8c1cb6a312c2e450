import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import type { MetricsJson } from '../../core/messages.ts'

/** What the metrics show at the moment when they are read. */
interface Readings {
  readonly utilization: number
  readonly rssBytes: number
  readonly cpuSeconds: number
  /** Known of a loop of our own only; a foreign server keeps these to itself. */
  readonly own?: { readonly inFlight: number; readonly requests: number; readonly heapUsedBytes: number } | undefined
}

/** The content type of the text. */
export const metricsType: string = Registry.PROMETHEUS_CONTENT_TYPE

export interface LoopMetrics {
  observeDelay(seconds: number): void
  observeGc(kind: string, seconds: number): void
  json(): Promise<MetricsJson>
  text(): Promise<string>
}

interface Options {
  readonly loop: string
  readonly foreign: boolean
  /** A loop that runs alone says itself that it is up; else the supervisor does, which knows better. */
  readonly up: boolean
  readonly readings: () => Readings
}

const delayBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const pauseBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

/** The metrics of one loop, each with its label `loop`. */
export function createLoopMetrics({ loop, foreign, up, readings }: Options): LoopMetrics {
  const registry = new Registry()
  registry.setDefaultLabels({ loop })
  const registers = [registry]

  const gauge = (name: string, help: string, read: () => number): void => {
    void new Gauge({
      name: `evenloop_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  const counter = (name: string, help: string, read: () => number): void => {
    void new Counter({
      name: `evenloop_${name}`,
      help,
      registers,
      // The total is kept elsewhere; a counter can only be raised.
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  gauge('loop_utilization', 'Share of the last report window in which the event loop was busy, 0 to 1.', () => readings().utilization)
  gauge('loop_resident_memory_bytes', 'Resident memory of the process.', () => readings().rssBytes)
  counter('loop_cpu_seconds_total', 'CPU time of the process, user and system.', () => readings().cpuSeconds)
  if (up) gauge('loop_up', 'Whether the loop serves.', () => 1)
  if (!foreign) {
    gauge('loop_in_flight_requests', 'Requests the app has not finished.', () => readings().own?.inFlight ?? 0)
    counter('loop_requests_total', 'Requests handed to the app.', () => readings().own?.requests ?? 0)
    gauge('loop_heap_used_bytes', 'Heap in use by JavaScript.', () => readings().own?.heapUsedBytes ?? 0)
  }
  const own = foreign ? [] : registers
  const delay = new Histogram({
    name: 'evenloop_loop_delay_seconds',
    help: 'How late the event loop ran its timers, sampled 50 times a second.',
    buckets: delayBuckets,
    registers: own,
  })
  const gc = new Histogram({
    name: 'evenloop_loop_gc_pause_seconds',
    help: 'Pauses for garbage collection.',
    labelNames: ['kind'],
    buckets: pauseBuckets,
    registers: own,
  })

  return {
    observeDelay: (seconds) => delay.observe(seconds),
    observeGc: (kind, seconds) => gc.observe({ kind }, seconds),
    json: () => registry.getMetricsAsJSON(),
    text: () => registry.metrics(),
  }
}
