import { describe, expect, it } from 'vitest'

import { demandOf, findingsOf } from '../../test/support/advice.ts'

import type { Step } from '../compare/comparison.ts'

import { choose } from './choose.ts'
import { explainTrial } from './explain-trial.ts'
import { finalists, hopeful, middleOf, type Tried, winner } from './finalists.ts'
import { mixOf } from './measure-throughput.ts'
import { weighAll } from './recommend.ts'

const routes = [demandOf({ share: 0.9, cpuMs: 0.2, waitMs: 5 }), demandOf({ name: 'GET /block', share: 0.1, heldMs: 50 })]
const goal = { rate: 150 }
const options = weighAll(findingsOf(routes, {}, 2), goal)

const cluster = (p99Ms: number, memoryBytes: number) => ({ memoryBytes, predicted: { p99Ms, routes: [{ p99Ms }] } })
const one = [{ share: 1 }]

describe('a choice', () => {
  it('is the cheapest of those that are as good as the best', () => {
    const [best, nearly, cheap] = [cluster(50, 900), cluster(52, 300), cluster(60, 100)]
    expect(choose([best, nearly, cheap], { rate: 1 }, one)).toBe(nearly)
  })

  it('is the cheapest that stays below what was asked for', () => {
    const [best, cheap, late] = [cluster(50, 900), cluster(79, 100), cluster(81, 50)]
    expect(choose([best, cheap, late], { rate: 1, p99Ms: 80 }, one)).toBe(cheap)
  })

  it('sees how the many wait where a few are slow by themselves', () => {
    const routes = [{ share: 0.9 }, { share: 0.1 }]
    const apart = { memoryBytes: 900, predicted: { p99Ms: 52, routes: [{ p99Ms: 3 }, { p99Ms: 60 }] } }
    const among = { memoryBytes: 100, predicted: { p99Ms: 51, routes: [{ p99Ms: 45 }, { p99Ms: 52 }] } }
    expect(choose([apart, among], { rate: 1 }, routes)).toBe(apart)
  })
})

describe('finalists', () => {
  it('are the best of each kind that comes near and the next larger of it, the recommended one first', () => {
    const finals = finalists(options, goal, routes, 2)
    expect(finals[0]).toBe(choose(options, goal, routes))
    for (const { predicted } of finals) expect(predicted.p99Ms).toBeLessThanOrEqual(finals[0]!.predicted.p99Ms * 2 + 10)
    const kinds = new Map<string, number[]>()
    for (const { setup, workers } of finals) {
      const kind = `${setup.model === 'sync'} ${setup.blockingWorkers > 0}`
      kinds.set(kind, [...(kinds.get(kind) ?? []), workers])
    }
    expect(kinds.size).toBeGreaterThan(1)
    for (const workers of kinds.values()) expect(workers.length).toBeLessThanOrEqual(3)
    for (const [fewest, ...more] of kinds.values()) for (const workers of more) expect(workers).toBeGreaterThan(fewest!)
    expect(new Set(finals).size).toBe(finals.length)
    expect(finalists(options, goal, routes, 0)).toHaveLength(kinds.size)
  })

  it('are decided by what was measured, and never by one that fell behind', () => {
    const step = (p99Ms: number, saturated: boolean): Step => ({ p99Ms, saturated, routes: [{ p99Ms }, { p99Ms }] }) as unknown as Step
    const [first, second] = options
    const tried: Tried[] = [
      { option: first!, measured: step(5, true) },
      { option: second!, measured: step(90, false) },
    ]
    expect(winner(tried, goal, routes)).toBe(tried[1])
    expect(winner([tried[0]!], goal, routes)).toBe(tried[0])
  })

  it('are run no more once they are far behind, or do not keep up where another one does', () => {
    const tried = (p99Ms: number, saturated = false): Tried => ({ option: options[0]!, measured: { p99Ms, saturated } as unknown as Step })
    const [best, near, far, behind] = [tried(20), tried(32), tried(34), tried(5, true)]
    expect(hopeful([best, near, far, behind])).toEqual([best, near])
    expect(hopeful([behind])).toEqual([behind])
  })

  it('count by the middle one of their runs, where falling behind is worse than any time', () => {
    const run = (p99Ms: number, saturated = false): Step => ({ p99Ms, saturated }) as unknown as Step
    expect(middleOf([run(9), run(5), run(70)]).p99Ms).toBe(9)
    expect(middleOf([run(9), run(5, true), run(7)]).p99Ms).toBe(9)
    expect(middleOf([run(9), run(5)]).p99Ms).toBe(5)
  })
})

describe('what is said of a trial', () => {
  const [first, second] = options
  const tried = (option: typeof first, p99Ms: number): Tried => ({
    option: option!,
    measured: { p99Ms, saturated: false } as unknown as Step,
  })

  it('is what was measured beside what was predicted', () => {
    const best = tried(first, 61)
    expect(explainTrial([best], best, first!.title)[0]).toMatch(/took no longer than 61 ms, where .* was predicted\.$/)
  })

  it('is why another one is recommended than was predicted', () => {
    const best = tried(second, 61)
    expect(explainTrial([tried(first, 90), best], best, first!.title)[0]).toContain(
      `${first!.title} was predicted to be as good or better, but took 90 ms`,
    )
  })
})

describe('the throughput of a mix', () => {
  const mix = [
    { method: 'GET', path: '/', weight: 9 },
    { method: 'GET', path: '/block', weight: 1 },
  ]
  const answered = (light: number, slow: number) => ({
    seconds: 2,
    routes: [light, slow].map((good) => ({ asked: good, good, refused: 0, failed: 0 })),
  })

  it('is all that was answered where every route got its share', () => {
    expect(mixOf(answered(905, 95), mix)).toBe(500)
  })

  it('is what the slowest route allows where the others ran ahead of it', () => {
    expect(mixOf(answered(1_800, 40), mix)).toBe(200)
    expect(mixOf(answered(9_000, 10), mix)).toBe(50)
  })
})
