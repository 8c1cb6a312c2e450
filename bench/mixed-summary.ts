import type { Arrival } from '../load/client/commands.ts'
import { percentile } from './summary.ts'

/** One round of one contestant. */
export interface MixedRun {
  readonly arrivals: readonly Arrival[]
  /** CPU time of all its processes meanwhile. */
  readonly cpuMs: number
}

/** Latencies in milliseconds from when each request was due. */
export interface MixedRow {
  readonly line: string
  /** That are counted, of both kinds. */
  readonly requests: number
  /** Of all rounds together, without the beginning of each. */
  readonly light: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number }
  /** Undefined where none blocks. */
  readonly blocking: { readonly p50: number; readonly p99: number } | undefined
  /** Of light requests, from the first that could block on: the first round of a contestant that had just started. */
  readonly p99WithLearning: number
  /** CPU time of all its processes per request of either kind, in microseconds. */
  readonly cpuUs: number
  readonly rounds: readonly MixedRound[]
}

/** The figures that lines are compared by, of one round alone. */
export interface MixedRound {
  readonly light: number
  readonly blocking: number | undefined
  readonly cpuUs: number
}

/** What a contestant's rounds come to. Percentiles cannot be averaged: those of all rounds are of all their latencies together. */
export function summarizeMixed(line: string, runs: readonly MixedRun[], learnSeconds: number): MixedRow {
  const counted = runs.map(({ arrivals }) => arrivals.filter(({ dueMs }) => dueMs >= learnSeconds * 1000))
  const light = lightOf(counted.flat())
  const requests = runs.reduce((sum, { arrivals }) => sum + arrivals.length, 0)
  return {
    line,
    requests: counted.flat().length,
    light: { p50: percentile(light, 0.5), p99: percentile(light, 0.99), p999: percentile(light, 0.999), max: percentile(light, 1) },
    blocking: blockingOf(counted.flat()),
    p99WithLearning: percentile(lightOf(runs[0]!.arrivals), 0.99),
    cpuUs: (runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) * 1000) / requests,
    rounds: runs.map(({ arrivals, cpuMs }, round) => ({
      light: percentile(lightOf(counted[round]!), 0.99),
      blocking: blockingOf(counted[round]!)?.p99,
      cpuUs: (cpuMs * 1000) / arrivals.length,
    })),
  }
}

const lightOf = (arrivals: readonly Arrival[]): number[] => arrivals.flatMap(({ other, latencyMs }) => (other ? [] : [latencyMs]))

function blockingOf(arrivals: readonly Arrival[]): { p50: number; p99: number } | undefined {
  const latencies = arrivals.flatMap(({ other, latencyMs }) => (other ? [latencyMs] : []))
  return latencies.length === 0 ? undefined : { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
}
