import { expect, test } from 'vitest'

import { LastHold } from './last-hold.ts'

const block = (forMs: number) => ({ method: 'GET', route: '/block', forMs })

test('a hold is told for five seconds after it was over', () => {
  let now = 0
  const last = new LastHold({ now: () => now })
  expect(last.shown).toBeUndefined()
  last.note(block(50))
  now = 4_000
  expect(last.shown).toEqual({ ...block(50), agoMs: 4_000 })
  now = 5_100
  expect(last.shown).toBeUndefined()
})

test('a longer one takes its place at once, a shorter one when it has grown old', () => {
  let now = 0
  const last = new LastHold({ now: () => now })
  last.note(block(50))
  last.note(block(300))
  now = 1_000
  last.note(block(20))
  expect(last.shown).toMatchObject({ forMs: 300 })
  now = 2_500
  last.note(block(20))
  expect(last.shown).toMatchObject({ forMs: 20, agoMs: 0 })
})
