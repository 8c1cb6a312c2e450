import { expect, test } from 'vitest'

import { Rates } from './rates.ts'

const counts = (value: number): Map<string, number> => new Map([['a', value]])

test('one reading is no rate', () => {
  const rates = new Rates()
  rates.add(0, counts(500))
  expect([rates.of('a'), rates.of('unknown')]).toEqual([0, 0])
})

test('a rate is taken over the last two seconds, not since the begin', () => {
  const rates = new Rates()
  for (let at = 0; at <= 10_000; at += 500) rates.add(at, counts(at < 5_000 ? 0 : at - 5_000))
  expect(rates.of('a')).toBe(1_000)
})

test('a burst of statuses at one moment does not make a rate of it', () => {
  const rates = new Rates()
  rates.add(0, counts(0))
  rates.add(1_000, counts(100))
  rates.add(1_000, counts(110))
  expect(rates.of('a')).toBe(110)
})

test('a counter that began anew counts from zero', () => {
  const rates = new Rates()
  rates.add(0, counts(1_000))
  rates.add(1_000, counts(30))
  expect(rates.of('a')).toBe(30)
})

test('what came later counts from when it came', () => {
  const rates = new Rates()
  rates.add(0, new Map())
  rates.add(1_000, counts(50))
  rates.add(2_000, counts(80))
  expect(rates.of('a')).toBe(30)
})
