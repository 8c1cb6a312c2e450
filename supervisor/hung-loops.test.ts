import { expect, test } from 'vitest'

import { isHung } from './hung-loops.ts'

const hold = { routes: [], forMs: 31_000, over: false }
const serving = { state: 'ready', readyAt: 0 } as const

test('a loop hangs when one hold lasts longer than the limit', () => {
  expect(isHung(serving, hold, 30_000, 40_000)).toBe(true)
  expect(isHung({ ...serving, state: 'draining' }, hold, 30_000, 40_000)).toBe(true)
  expect(isHung(serving, { ...hold, forMs: 29_999 }, 30_000, 40_000)).toBe(false)
})

test('one that runs again does not, nor does any where there is no limit', () => {
  expect(isHung(serving, { ...hold, over: true }, 30_000, 40_000)).toBe(false)
  expect(isHung(serving, hold, 0, 40_000)).toBe(false)
})

test('what held it while it started does not count', () => {
  expect(isHung({ state: 'starting', readyAt: undefined }, hold, 30_000, 40_000)).toBe(false)
  expect(isHung({ state: 'ready', readyAt: 39_000 }, hold, 30_000, 40_000)).toBe(false)
})
