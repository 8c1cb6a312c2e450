import { expect, it } from 'vitest'

import { demandOf, findingsOf } from '../../../test/support/advice.ts'
import type { Step } from '../../compare/comparison.ts'

import { bestOf, everySetup, outcomeOf } from './exhaustive.ts'
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

it('leaves out what could by far not keep up', () => {
  const findings = findingsOf([demandOf({ waitMs: 50 })], {}, 2)
  const workers = everySetup(loopSetup(1), findings, 300).flatMap(({ model, loops }) => (model === 'sync' ? [loops] : []))
  expect(workers).toEqual([12, 16, 24, 32])
})

it('runs the best of those that keep up again', () => {
  const all = [measured(100, 9), measured(20, 1), measured(99, 7), measured(98, 8)].map((step, at) => ({ setup: loopSetup(at + 1), step }))
  expect(bestOf(all, 2).map(({ setup }) => setup.loops)).toEqual([3, 4])
})
