import { expect, test } from 'vitest'

import { compareLoops } from './loop-order.ts'

test('loops come by number, workers for blocking routes behind them', () => {
  expect(['b10', '10', 'b2', '9', '0', 'b0'].toSorted(compareLoops)).toEqual(['0', '9', '10', 'b0', 'b2', 'b10'])
})
