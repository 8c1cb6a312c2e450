import fc from 'fast-check'
import { expect, test } from 'vitest'

import { Backlog } from './backlog.ts'

/** Whether it grows after each span of 100 ms in which so many came and left. */
function after(spans: readonly (readonly [came: number, left: number])[]): boolean[] {
  const backlog = new Backlog()
  backlog.begin(0)
  return spans.map(([came, left], index) => {
    for (let count = 0; count < came; count++) backlog.came()
    for (let count = 0; count < left; count++) backlog.left()
    return backlog.grows((index + 1) * 100, 100)
  })
}

test('grows where more comes than leaves, span after span', () => {
  expect(after(Array.from({ length: 4 }, () => [30, 10]))).toEqual([false, true, true, true])
})

test('does not grow by one burst, nor by a second one', () => {
  expect(
    after([
      [100, 10],
      [0, 10],
      [0, 10],
      [100, 10],
      [0, 10],
    ]),
  ).toEqual([false, false, false, false, false])
})

test('does not grow where nobody leaves, which says nothing of how fast it will be worked off', () => {
  expect(after(Array.from({ length: 20 }, () => [30, 0]))).not.toContain(true)
})

test('grows no more as soon as it is worked off', () => {
  expect(
    after([
      [30, 10],
      [30, 10],
      [5, 10],
    ]),
  ).toEqual([false, true, false])
})

test('does not grow by clients that ask again when they are answered, however that falls', () => {
  const crowd = fc.record({
    clients: fc.integer({ min: 20, max: 200 }),
    falls: fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 60 }),
  })
  fc.assert(
    fc.property(crowd, ({ clients, falls }) => {
      let away = 0
      const spans = falls.map((fall): [number, number] => {
        // Of those who were answered a few have not asked again yet.
        const next = Math.min(4, Math.max(0, away + fall))
        const came = 16 - (next - away)
        away = next
        return [came, 16]
      })
      expect(after([[clients + 16, 16], ...spans])).not.toContain(true)
    }),
  )
})

test('grows sooner or later where steadily more comes than leaves, by little too', () => {
  const load = fc.integer({ min: 10, max: 1_000 }).chain((left) => fc.tuple(fc.constant(left), fc.integer({ min: 1, max: left })))
  fc.assert(
    fc.property(load, ([left, more]) => {
      expect(after(Array.from({ length: 20 }, () => [left + more, left]))).toContain(true)
    }),
  )
})
