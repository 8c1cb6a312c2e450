import fc from 'fast-check'
import { expect, test } from 'vitest'

import { percentile, summarize, type Sample } from './summary.ts'

const sample = (line: string, round: number, balancer: number, loop: number, requestsPerSecond = 1000): Sample => ({
  table: 'GET',
  line,
  round,
  requestsPerSecond,
  cpuUs: { balancer, loop },
})

test('a summary has the median and spread of the total, and the ratio to another line round by round', () => {
  const rounds: [number, number][] = [
    [100, 50],
    [320, 160],
    [98, 47],
  ]
  const samples = rounds.flatMap(([old, fresh], round) => [sample('old', round, old - 20, 20), sample('new', round, fresh - 10, 10, 1500)])
  expect(summarize(samples, ['old']).map(({ line, totalUs, ratios }) => ({ line, totalUs, ratios }))).toEqual([
    { line: 'old', totalUs: { median: 100, min: 98, max: 320 }, ratios: [{ to: 'old', totalUs: 1, requestsPerSecond: 1 }] },
    { line: 'new', totalUs: { median: 50, min: 47, max: 160 }, ratios: [{ to: 'old', totalUs: 0.5, requestsPerSecond: 1.5 }] },
  ])
})

test('a line that was not measured is not compared with', () => {
  expect(summarize([sample('a', 0, 1, 1)], ['nginx'])[0]!.ratios).toEqual([])
})

test('a percentile is a value that was seen, and as many as its share do not exceed it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const found = percentile(values, percent / 100)
      const notAbove = values.filter((value) => value <= found).length
      const below = values.filter((value) => value < found).length
      expect(values).toContain(found)
      expect(notAbove * 100).toBeGreaterThanOrEqual(values.length * percent - 1e-6)
      expect(below * 100).toBeLessThan(values.length * percent + 1e-6)
    }),
  )
})
