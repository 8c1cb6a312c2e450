import { expect, test } from 'vitest'

import type { ClusterEvent } from '../../core/status.ts'
import { Notices } from './notices.ts'

const event = (id: number, at = id * 10): ClusterEvent => ({ id, at, kind: 'ready', severity: 'info', message: `event ${id}` })
const ids = (notices: Notices): number[] => notices.newestFirst.map(({ id }) => id)

test('the newest is first, in whatever order they come', () => {
  const notices = new Notices()
  for (const id of [1, 3, 2]) notices.add(event(id))
  expect(ids(notices)).toEqual([3, 2, 1])
})

test('what is told again after a lost connection is shown once', () => {
  const notices = new Notices()
  expect([notices.add(event(1)), notices.add(event(1))]).toEqual([true, false])
  // Another supervisor counts from one again.
  expect(notices.add(event(1, 5_000))).toBe(true)
})

test('200 are kept', () => {
  const notices = new Notices()
  for (let id = 1; id <= 500; id++) notices.add(event(id))
  expect([notices.newestFirst.length, ids(notices)[0], notices.add(event(1))]).toEqual([200, 500, false])
})
