import { expect, test } from 'vitest'

import { amount, figure, memoryText, moreText, percentText, tickLabel, timeText, waitText } from './figures.ts'

test('a figure has the digits that count', () => {
  expect([12_345.6, 123.4, 12.34, 1.234, 0.01234, 0, 1e-9].map(figure)).toEqual(['12,346', '123', '12.3', '1.23', '0.012', '0', '0'])
})

test('what was not measured is no zero', () => {
  expect([NaN, Infinity, -Infinity].map(figure)).toEqual(['–', '–', '–'])
})

test('labels of axes stay short', () => {
  expect([0, 0.2, 0.0001, 2_500, 10_000, 2e6, 5e8, 1e15].map(tickLabel)).toEqual([
    '0',
    '0.2',
    '1e-4',
    '2,500',
    '10k',
    '2,000k',
    '500M',
    '1e+15',
  ])
})

test('memory has the unit that people use for so much', () => {
  expect([300 * 2 ** 20, 8 * 2 ** 30].map(memoryText)).toEqual(['300 MiB', '8 GiB'])
})

test('a sentence needs three digits at most', () => {
  expect([3_872, 999.6, 79.44, 10, 6.344, 0.4213, 0, Number.NaN].map(amount)).toEqual([
    ...['3,870', '1,000', '79.4', '10', '6.34', '0.42', '0', '–'],
  ])
})

test('times, shares and factors are words', () => {
  expect([0, 0.000_098, 2.344, 1_400, 12_345, Infinity, NaN].map(timeText)).toEqual([
    ...['0 ms', 'less than 0.01 ms', '2.34 ms', '1.4 s', '12.3 s', 'for ever', '– ms'],
  ])
  expect([0, 0.004, 0.5, 0.996, 1].map(percentText)).toEqual(['0 %', 'less than 1 %', '50 %', 'more than 99 %', '100 %'])
  expect([moreText(98, 2), moreText(138, 100), moreText(5, 0)]).toEqual(['49 times as many', '38 % more', 'incomparably more'])
  expect([waitText(40.2), waitText(320), waitText(-1)]).toEqual(['40 s', '5:20 min', '0 s'])
})
