import { expect, test } from 'vitest'

import { placing } from './placing.ts'

const placed = ['a', 'b', 'c', 'd'].map((line, index) => ({ line, cost: index }))

test('it names the best and says where we come, last as plainly as first', () => {
  expect(placing(placed, ['d', 'b'], 'least memory')).toBe('Best (least memory): a; d is 4th of 4; b is 2nd of 4.')
  expect(placing(placed.toReversed(), ['a'], 'least memory')).toBe('Best (least memory): a; a is 1st of 4.')
})

test('it says nothing of a line that was not measured', () => {
  expect(placing(placed, ['e'], 'least memory')).toBe('Best (least memory): a.')
})
