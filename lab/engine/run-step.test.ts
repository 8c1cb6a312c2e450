import { expect, test } from 'vitest'

import type { OfferedRoute } from '../../load/client/commands.ts'

import { isSaturated, sortedQuantile, stepOf } from './run-step.ts'

const route = (latenciesMs: readonly number[], more: Partial<OfferedRoute> = {}): OfferedRoute => ({
  sent: latenciesMs.length,
  refused: 0,
  failed: 0,
  inTime: latenciesMs.length,
  latenciesMs: Float64Array.from(latenciesMs),
  ...more,
})

test('what was used between two readings is told for each good answer', () => {
  const step = stepOf({
    plan: { rate: 4, seconds: 2, routes: [], seed: 1 },
    offered: { routes: [route([30, 10, 20, 40]), route([100, 100], { sent: 4, refused: 2 })], lateP50Ms: 0, lateP99Ms: 1.5, failures: [] },
    before: { cpuMs: 1_000, loopCpuMs: 600, voluntary: 50, involuntary: 7 },
    after: { cpuMs: 1_120, loopCpuMs: 660, voluntary: 350, involuntary: 10 },
    waited: { bounds: [0.05, Number.POSITIVE_INFINITY], counts: [3, 0] },
    otherCpus: 0.3,
    memoryBytes: 99,
  })
  expect(step).toEqual({
    offered: 4,
    sent: 8,
    good: 6,
    refused: 2,
    failed: 0,
    throughput: 3,
    p50Ms: 30,
    p99Ms: 100,
    p999Ms: 100,
    routes: [
      { p50Ms: 20, p99Ms: 40 },
      { p50Ms: 100, p99Ms: 100 },
    ],
    queueP50Ms: 0,
    queueP99Ms: expect.closeTo(49) as number,
    cpus: 0.06,
    cpuUs: 20_000,
    loopCpuUs: 10_000,
    memoryBytes: 99,
    voluntarySwitches: 50,
    involuntarySwitches: 0.5,
    clientLateMs: 1.5,
    otherCpus: 0.3,
    saturated: true,
  })
})

test('a model that is behind with one route of several does not keep up', () => {
  const fine = route(Array.from({ length: 1_000 }, () => 1))
  expect(isSaturated({ routes: [fine] })).toBe(false)
  expect(isSaturated({ routes: [fine, route([], { sent: 30, inTime: 15 })] })).toBe(true)
  // Of so few one tells nothing.
  expect(isSaturated({ routes: [fine, route([], { sent: 3, inTime: 2 })] })).toBe(false)
  expect(isSaturated({ routes: [route([], { sent: 100, inTime: 94 })] })).toBe(true)
})

test('of no answers there is no percentile', () => {
  expect(sortedQuantile(new Float64Array(), 0.5)).toBeNaN()
})
