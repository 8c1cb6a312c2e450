import { expect, onTestFinished, test } from 'vitest'

import { checkAnswer } from '../bench/check-answer.ts'
import { cases, contestants } from '../bench/contestants.ts'
import { formatTables, summarize, type Sample } from '../bench/report.ts'
import { serve } from '../bench/serving.ts'
import { temporaryFolder } from './support/ledger.ts'

test.each(contestants)('$name answers every case rightly, and its CPU time is seen by role', async (contestant) => {
  const serving = await serve(contestant, temporaryFolder())
  onTestFinished(() => serving.stop())
  for (const each of cases) await checkAnswer(serving, each)
  const times = serving.cpuMs()
  expect([...times.keys()]).toEqual(expect.arrayContaining(['balancer', 'loop']))
  expect(times.get('loop')).toBeGreaterThan(0)
})

const sample = (contestant: string, round: number, balancer: number, loop: number): Sample => ({
  contestant,
  case: 'GET',
  round,
  requestsPerSecond: 1000,
  cpuUs: { balancer, loop },
})

test('a summary has the median and spread of the total, and the ratio to the first contestant round by round', () => {
  const rounds: [number, number][] = [
    [100, 50],
    [320, 160],
    [98, 47],
  ]
  const rows = summarize(
    rounds.flatMap(([old, fresh], round) => [sample('old', round, old - 20, 20), sample('new', round, fresh - 10, 10)]),
  )
  expect(rows.map(({ contestant, totalUs, ratio }) => ({ contestant, totalUs, ratio }))).toEqual([
    { contestant: 'old', totalUs: { median: 100, min: 98, max: 320 }, ratio: 1 },
    { contestant: 'new', totalUs: { median: 50, min: 47, max: 160 }, ratio: 0.5 },
  ])
})

test('the table for people is aligned', () => {
  const lines = formatTables(summarize([sample('a', 0, 80, 20), sample('a longer name', 0, 8, 2)])).split('\n')
  expect(lines[0]).toBe('GET')
  expect(new Set(lines.slice(1).map((line) => line.length)).size).toBe(1)
})
