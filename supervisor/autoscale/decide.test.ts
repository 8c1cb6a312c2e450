import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { decide, type ScaleDecision } from './decide.ts'
import type { Sample } from './sample.ts'
import { follow, type Rules, type Trend } from './trend.ts'

const rules: Rules = { min: 1, max: 8, target: 0.8, quiet: 60_000 }

interface Second {
  readonly loops?: number
  /** In loops. */
  readonly load: number
  readonly kept?: number
  readonly keptLoad?: number
  readonly queued?: number
  readonly shed?: number
}

const sample = (at: number, { loops = 2, load, kept = 0, keptLoad = 0, queued = 0, shed = 0 }: Second): Sample => ({
  at,
  ordinary: { loops: loops - kept, load },
  isolated: { loops: kept, load: keptLoad },
  queued,
  shed,
})

/** Looks once a second until something is decided. */
function watch(
  seconds: number,
  at: (second: number) => Second,
  asked: Partial<Rules> = {},
): { second: number; decision: ScaleDecision } | undefined {
  const all = { ...rules, ...asked }
  let trend: Trend | undefined
  for (let second = 0; second <= seconds; second++) {
    trend = follow(trend, sample(second * 1_000, at(second)), all)
    const decision = decide(trend, all)
    if (decision !== undefined) return { second, decision }
  }
  return undefined
}

describe('up', () => {
  test('after five seconds above the target', () => {
    expect(watch(100, () => ({ load: 1.72 }))).toEqual({ second: 5, decision: { loops: 3, why: 'utilization 0.86 over 5 s' } })
    expect(watch(100, () => ({ load: 1.58 }))).toBeUndefined()
  })

  test('after three seconds in which requests wait or are refused', () => {
    const decision = { loops: 3, why: 'requests have waited for 3 s, utilization 0.95 over 3 s' }
    expect(watch(100, () => ({ load: 1.9, queued: 1 }))).toEqual({ second: 3, decision })
    expect(watch(100, (second) => ({ load: 1.9, shed: 5 + second }))?.second).toBe(4)
  })

  test('not because requests wait for something else than a loop', () => {
    expect(watch(100, () => ({ load: 1.2, queued: 50 }))).toBeUndefined()
  })

  test('not for a busy second or two', () => {
    expect(watch(200, (second) => ({ load: second % 5 < 2 ? 2 : 1.3 }))).toBeUndefined()
  })

  test('never beyond the most', () => {
    expect(watch(100, () => ({ load: 2, queued: 9 }), { max: 2 })).toBeUndefined()
  })

  test('when the loops kept for blocking routes are full and the last ordinary one cannot help', () => {
    expect(watch(100, () => ({ loops: 2, load: 0.1, kept: 1, keptLoad: 0.95 }))?.decision.loops).toBe(3)
    // Here the balancers can keep one more apart.
    expect(watch(100, () => ({ loops: 4, load: 0.1, kept: 1, keptLoad: 0.95 }))).toBeUndefined()
  })
})

describe('down', () => {
  test('after a minute in which one fewer would have been enough', () => {
    expect(watch(100, () => ({ loops: 3, load: 0.9 }))).toEqual({
      second: 60,
      decision: { loops: 2, why: 'with that, utilization would have stayed under 0.5 for 60 s' },
    })
    expect(watch(200, () => ({ loops: 3, load: 1.1 }))).toBeUndefined()
  })

  test('a busy stretch begins the minute anew', () => {
    expect(watch(200, (second) => ({ loops: 3, load: second >= 50 && second < 55 ? 2 : 0.3 }))?.second).toBeGreaterThan(110)
  })

  test('not while requests are refused, or wait all the time', () => {
    expect(watch(200, () => ({ loops: 3, load: 0.3, queued: 1 }))).toBeUndefined()
    expect(watch(200, (second) => ({ loops: 3, load: 0.3, shed: second }))).toBeUndefined()
  })

  test('never below the least', () => {
    expect(watch(200, () => ({ load: 0 }), { min: 2 })).toBeUndefined()
  })

  test('not the last loop beside those kept for blocking routes, and not while these are full', () => {
    expect(watch(200, () => ({ loops: 2, load: 0.1, kept: 1, keptLoad: 0.1 }))).toBeUndefined()
    expect(watch(200, () => ({ loops: 4, load: 0.1, kept: 1, keptLoad: 0.9 }))).toBeUndefined()
    expect(watch(200, () => ({ loops: 4, load: 0.1, kept: 1, keptLoad: 0.7 }))?.decision.loops).toBe(3)
  })
})

test('only what was seen since the number of loops changed counts', () => {
  expect(watch(11, (second) => ({ loops: second < 4 ? 2 : 3, load: 2.9 }))?.second).toBe(9)
})

test('what is remembered does not grow', () => {
  let trend: Trend | undefined
  for (let second = 0; second < 1_000; second++) trend = follow(trend, sample(second * 1_000, { load: 1.2 }), rules)
  expect(trend?.recent).toHaveLength(5)
})

/** The numbers of loops that a cluster comes to under this load, which is in loops. */
function rest(loadAt: (second: number) => number, from: number, asked: Rules): number[] {
  const numbers = [from]
  let trend: Trend | undefined
  let loops = from
  for (let second = 0; second < 600; second++) {
    const load = loadAt(second)
    trend = follow(trend, sample(second * 1_000, { loops, load: Math.min(load, loops), queued: load > loops ? 1 : 0 }), asked)
    const decision = decide(trend, asked)
    if (decision === undefined) continue
    trend = undefined
    loops = decision.loops
    numbers.push(loops)
  }
  return numbers
}

const anyRules = fc.record({ least: fc.integer({ min: 1, max: 6 }), more: fc.integer({ min: 0, max: 6 }) }).chain(({ least, more }) =>
  fc.record({
    min: fc.constant(least),
    max: fc.constant(least + more),
    target: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
    quiet: fc.constant(20_000),
    start: fc.integer({ min: least, max: least + more }),
  }),
)

test('under a steady load the number goes one way, one loop at a time, stays in the range, and rests where the load asks for it', () => {
  fc.assert(
    fc.property(anyRules, fc.double({ min: 0, max: 40, noNaN: true }), ({ start, ...asked }, load) => {
      const numbers = rest(() => load, start, asked)
      const steps = numbers.slice(1).map((loops, index) => loops - numbers[index]!)
      expect(new Set(steps).size).toBeLessThanOrEqual(1)
      expect(steps.every((by) => Math.abs(by) === 1)).toBe(true)
      expect(numbers.every((loops) => loops >= asked.min && loops <= asked.max)).toBe(true)
      const last = numbers.at(-1)!
      if (last < asked.max) expect(Math.min(1, load / last)).toBeLessThanOrEqual(asked.target + 1e-9)
      if (last > asked.min) expect(load / (last - 1)).toBeGreaterThanOrEqual((asked.target * 5) / 8 - 1e-9)
    }),
  )
})

test('nor does it go up and down under a load that wavers by a fifth', () => {
  const wavering = fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 50, maxLength: 50 })
  fc.assert(
    fc.property(anyRules, fc.double({ min: 0, max: 12, noNaN: true }), wavering, ({ start, ...asked }, load, factors) => {
      const numbers = rest((second) => load * factors[second % 50]!, start, asked)
      expect(new Set(numbers).size).toBe(numbers.length)
    }),
  )
})

test('more load never asks for fewer loops', () => {
  const verdict = (trend: Trend, asked: Rules): number => Math.sign((decide(trend, asked)?.loops ?? 4) - 4)
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 })
  fc.assert(
    fc.property(
      shares,
      shares,
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: 0.1, max: 0.95, noNaN: true }),
      (few, more, kept, target) => {
        const asked = { ...rules, target, quiet: 10_000 }
        const run = (share: (second: number) => number): number => {
          let trend: Trend | undefined
          for (let second = 0; second < 30; second++) {
            const each = share(second)
            trend = follow(trend, sample(second * 1_000, { loops: 4, kept, load: each * (4 - kept), keptLoad: each * kept }), asked)
          }
          return verdict(trend!, asked)
        }
        const less = (second: number): number => Math.min(few[second]!, more[second]!)
        expect(run((second) => Math.max(few[second]!, more[second]!))).toBeGreaterThanOrEqual(run(less))
      },
    ),
  )
})
