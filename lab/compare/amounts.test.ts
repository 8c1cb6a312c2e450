import { expect, test } from 'vitest'

import { amount, moreText, msText, percentText, waitText } from './amounts.ts'

test('numbers have as many digits as mean something', () => {
  expect([3_872, 1_000, 999.6, 79.4, 10, 6.34, 1, 0.4213, 0.001, 0, Number.NaN].map(amount)).toEqual([
    ...['3,870', '1,000', '1,000', '79', '10', '6.3', '1', '0.42', '0', '0', '–'],
  ])
})

test('times, shares and factors are words', () => {
  expect([msText(2.34), msText(1_400)]).toEqual(['2.3 ms', '1.4 s'])
  expect([0, 0.004, 0.5, 0.996, 1].map(percentText)).toEqual(['0 %', 'less than 1 %', '50 %', 'more than 99 %', '100 %'])
  expect([moreText(98, 2), moreText(138, 100), moreText(5, 0)]).toEqual(['49 times as many', '38 % more', 'incomparably more'])
  expect([waitText(40.2), waitText(320), waitText(-1)]).toEqual(['40 s', '5:20 min', '0 s'])
})
