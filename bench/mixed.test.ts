import { expect, test } from 'vitest'

import type { Arrival } from '../load/client/commands.ts'
import { draw } from '../load/client/draw.ts'
import { summarizeMixed, type MixedRun } from './mixed-summary.ts'
import { formatTable } from './table.ts'
import { tableOf } from './tables.ts'
import { verdict } from './verdict.ts'

/** Ten light requests a second for four seconds, slow ones in the first second, and a blocking one at its end. */
const run = (lightMs: number, learningMs: number, blockingMs: number): MixedRun => ({
  arrivals: [
    ...Array.from({ length: 40 }, (_, i): Arrival => ({ other: false, dueMs: i * 100, latencyMs: i < 10 ? learningMs : lightMs })),
    { other: true, dueMs: 4_000, latencyMs: blockingMs },
  ],
  cpuMs: 8.2,
})

const nginx = summarizeMixed('nginx', [run(40, 40, 50), run(50, 50, 60)], 1)
const ours = summarizeMixed('evenloop', [run(8, 45, 70), run(9, 9, 80)], 1)

test('the beginning of a round is not counted, but for the figure that includes the learning', () => {
  expect(ours).toMatchObject({ requests: 62, light: { p50: 8, p99: 9, max: 9 }, blocking: { p50: 70, p99: 80 }, p99WithLearning: 45 })
})

test('CPU time is shared among all requests, counted or not', () => {
  expect(ours.cpuUs).toBeCloseTo(200)
})

test('the verdict has the medians of both sides, that of the ratio of each round, and whether it is as asked', () => {
  const asked = { figure: 'light', line: 'evenloop', beside: ['nginx', 'HAProxy'] } as const
  const numbers = 'P99 of the requests that do not block: 8.5 ms of evenloop, 45.0 ms of nginx, a ratio of 0.19 (0.18–0.20 by rounds); '
  expect(verdict({ ...asked, atMost: 0.2 }, [nginx, ours])).toBe(`${numbers}asked: at most 0.20: met.`)
  expect(verdict({ ...asked, atMost: 0.1 }, [nginx, ours])).toBe(`${numbers}asked: at most 0.10: missed.`)
  expect(verdict(asked, [nginx, ours])).toBe(`${numbers}expected: 1.00.`)
})

test('the best of the others is who is best by that figure', () => {
  const rows = [nginx, ours, summarizeMixed('HAProxy', [run(60, 60, 40), run(60, 60, 40)], 1)]
  const asked = { line: 'evenloop', beside: ['nginx', 'HAProxy'], atMost: 1 } as const
  expect(verdict({ ...asked, figure: 'light' }, rows)).toContain('45.0 ms of nginx')
  expect(verdict({ ...asked, figure: 'blocking' }, rows)).toContain('40.0 ms of HAProxy, a ratio of 1.88')
})

test('one round in which the machine did something else does not decide', () => {
  const disturbed = summarizeMixed('evenloop', [run(8, 8, 70), run(900, 900, 900), run(9, 9, 70)], 1)
  const asked = { figure: 'light', line: 'evenloop', beside: ['nginx'], atMost: 0.25 } as const
  expect(verdict(asked, [summarizeMixed('nginx', [run(40, 40, 50), run(40, 40, 50), run(40, 40, 50)], 1), disturbed])).toContain(': met.')
})

test('where one side was not measured there is no verdict', () => {
  const asked = { figure: 'light', line: 'evenloop', beside: ['nginx'], atMost: 0.2 } as const
  expect(verdict(asked, [ours])).toBeUndefined()
  expect(verdict(asked, [nginx])).toBeUndefined()
})

test('the table has a column for each figure, and the verdict below', () => {
  const asked = [{ figure: 'blocking', line: 'evenloop', beside: ['nginx'], atMost: 1.5 }] as const
  const gaps = [{ line: 'HAProxy', reason: 'haproxy is not installed', ours: false }]
  const lines = formatTable(tableOf({ kind: 'mixed', title: 'mixed', rows: [nginx, ours], gaps, asked })).split('\n')
  expect(lines[1]!.trim().split(/ {2,}/)).toEqual([
    ...['p50 ms', 'p99 ms', 'p99 of rounds', 'p99.9 ms', 'longest ms', 'p99 with learning', 'blocking p50 ms', 'blocking p99 ms'],
    ...['CPU µs', 'requests'],
  ])
  expect(lines[3]!.split(/ {2,}/)).toEqual(['evenloop', '8.0', '9.0', '8.0–9.0', '9.0', '9.0', '45.0', '70.0', '80.0', '200', '62'])
  expect(lines.slice(4)).toEqual(['HAProxy: not run: haproxy is not installed', expect.stringContaining('asked: at most 1.50: met')])
})

test('where nothing blocks there are no columns for it', () => {
  const light = summarizeMixed('evenloop', [{ arrivals: run(8, 8, 0).arrivals.filter(({ other }) => !other), cpuMs: 1 }], 1)
  expect(tableOf({ kind: 'mixed', title: 'light', rows: [light], gaps: [], asked: [] }).head).toEqual([
    ...['', 'p50 ms', 'p99 ms', 'p99 of rounds', 'p99.9 ms', 'longest ms', 'CPU µs', 'requests'],
  ])
})

test('the same seed draws the same requests, another one others, and as many as the share says', () => {
  const drawn = draw(10_000, 0.03, 1)
  expect(draw(10_000, 0.03, 1)).toEqual(drawn)
  expect(draw(10_000, 0.03, 2)).not.toEqual(drawn)
  expect(drawn.filter(Boolean).length).toBeGreaterThan(230)
  expect(drawn.filter(Boolean).length).toBeLessThan(370)
  expect(draw(100, 0, 1)).not.toContain(true)
})
