import fc from 'fast-check'
import { expect, test } from 'vitest'

import { priorityOf } from './priority.ts'

test.each([
  [0, 'u=0'],
  [0, 'u=1, i'],
  [0, 'i, u=2'],
  [1, 'u=3'],
  [1, ' u=3 ;x=1 , i=?0'],
  [2, 'u=4'],
  [2, 'u=7,i'],
  [2, 'u=0, u=7'],
])('priority %s: %s', (priority, header) => expect(priorityOf(header)).toBe(priority))

test.each([undefined, '', 'i', 'u', 'u=8', 'u=-1', 'u=1.5', 'u=10', 'U=1', 'u="1"', 'urgency=1', 'high', 'u = 1', 'u=1 2'])(
  'nothing is known from %j',
  (header) => expect(priorityOf(header)).toBeUndefined(),
)

test('what is invalid beside it does not hide what is valid', () => expect(priorityOf('???, u=1, u=9')).toBe(0))

test('no text is too odd', () => {
  fc.assert(fc.property(fc.string(), (text) => void expect([0, 1, 2, undefined]).toContain(priorityOf(text))))
})
