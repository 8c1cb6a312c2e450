import { expect, test } from 'vitest'

import { figure, memory, tickLabel } from './figures.ts'

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
  expect([300 * 2 ** 20, 8 * 2 ** 30].map(memory)).toEqual(['300 MB', '8 GB'])
})
