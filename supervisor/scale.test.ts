import fc from 'fast-check'
import { expect, test } from 'vitest'

import { planScale } from './scale.ts'

test('the highest leave first, the lowest free ids come', () => {
  expect(planScale(['0', '1', '2', '3'], 2)).toEqual({ add: [], remove: ['3', '2'] })
  expect(planScale(['0', '2', '10'], 5)).toEqual({ add: ['1', '3'], remove: [] })
})

test('as many as wanted are there afterwards, each once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 40 })), fc.integer({ min: 1, max: 40 }), (numbers, wanted) => {
      const ids = numbers.map(String)
      const { add, remove } = planScale(ids, wanted)
      const after = new Set([...ids, ...add].filter((id) => !remove.includes(id)))
      expect(after.size).toBe(wanted)
      expect(add.length === 0 || remove.length === 0).toBe(true)
    }),
  )
})
