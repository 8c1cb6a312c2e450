import { expect, test } from 'vitest'

import { ShedWatch } from './shed-watch.ts'

function watch(): (at: number, total: number) => number | undefined {
  let now = 0
  const shed = new ShedWatch({ now: () => now })
  return (at, total) => {
    now = at
    return shed.heard(total)
  }
}

test('the first refusals are told at once, and nothing where none were', () => {
  const heard = watch()
  expect(heard(0, 0)).toBeUndefined()
  expect(heard(500, 7)).toBe(7)
  expect(heard(5_000, 7)).toBeUndefined()
})

test('while it goes on notices come ever more seldom, and none is left out of the count', () => {
  const heard = watch()
  const told: [number, number][] = []
  for (let at = 0; at <= 120_000; at += 500) {
    const count = heard(at, 1 + at / 100)
    if (count !== undefined) told.push([at, count])
  }
  expect(told.slice(0, 5).map(([at]) => at)).toEqual([0, 1_000, 3_000, 7_000, 15_000])
  expect(told.at(-1)![0] - told.at(-2)![0]).toBe(30_000)
  expect(told.reduce((sum, [, count]) => sum + count, 0)).toBe(1 + told.at(-1)![0] / 100)
})

test('after a quiet time the next refusals are told at once again', () => {
  const heard = watch()
  for (const [at, total] of [
    [0, 1],
    [1_000, 2],
    [3_000, 3],
  ] as const)
    expect(heard(at, total)).toBe(1)
  expect(heard(3_500, 4)).toBeUndefined()
  expect(heard(60_000, 5)).toBe(2)
  expect(heard(61_000, 6)).toBe(1)
})
