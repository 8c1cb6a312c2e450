import { expect, it } from 'vitest'

import type { Step } from '../../compare/comparison.ts'

import { bestOf, outcomeOf } from './exhaustive.ts'
import { loopSetup, syncSetup } from '../setup.ts'

const measured = (throughput: number, p99Ms: number) => ({ throughput, p99Ms }) as unknown as Step

it('holds a pick against the best of those that keep up', () => {
  const picked = loopSetup(2)
  const fast = { setup: syncSetup(1, 2), step: measured(20, 5) }
  const best = { setup: syncSetup(8, 2), step: measured(100, 50) }
  const outcome = (p99Ms: number, throughput = 98) => outcomeOf([{ setup: picked, step: measured(throughput, p99Ms) }, fast, best], picked)
  expect(outcome(54)).toMatchObject({ best, isGood: true })
  expect(outcome(60).isGood).toBe(false)
  expect(outcome(40).isGood).toBe(true)
  expect(outcome(40, 80).isGood).toBe(false)
})

it('takes the better of two rounds', () => {
  const round = (p99Ms: number) => [{ setup: loopSetup(1), step: measured(100, p99Ms) }]
  expect(bestOf([round(40), round(30)])[0]!.step.p99Ms).toBe(30)
})
