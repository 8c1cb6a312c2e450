import { expect, test } from 'vitest'

import { marks, middleOf, placeOf, rangeText } from './time-scale.ts'

test('ten times as long is one step, from the left edge to the right', () => {
  const steps = [1, 10, 100, 1_000].map(placeOf)
  expect(new Set(steps.slice(1).map((place, index) => (place - steps[index]!).toFixed(6))).size).toBe(1)
  expect([placeOf(0), placeOf(0.1), placeOf(1e15)]).toEqual([0, 0, 100])
  expect(marks.map(([ms]) => placeOf(ms)).every((place) => place > 0 && place < 100)).toBe(true)
})

test('a range is said in one number where it hardly is one', () => {
  const show = (value: number): string => `${value} ms`
  expect(rangeText([], show)).toBe('')
  expect(rangeText([4, 5], show)).toBe('4.5 ms')
  expect(rangeText([400, 4, 30], show)).toBe('4 ms to 400 ms')
})

test('what comes often decides what is typical', () => {
  const often = { value: 4, weight: 300 }
  const rare = { value: 900, weight: 1 }
  expect(middleOf([rare, rare, rare, often])).toBe(4)
  expect([middleOf([]), middleOf([{ value: 7, weight: 0 }])]).toEqual([undefined, 7])
})
