import fc from 'fast-check'
import { expect, test } from 'vitest'

import { describeStop, roll } from './rolling.ts'

/** Rolls over loops of which each fails as often as its number says. */
async function rollWith(failures: readonly number[]) {
  const left = [...failures]
  const tried: string[] = []
  const end = await roll(
    failures.map((_, id) => String(id)),
    async (id) => {
      tried.push(id)
      return left[Number(id)]!-- > 0 ? { message: `loop ${id} failed` } : undefined
    },
  )
  return { end, tried }
}

test('every loop is replaced once, in turn', async () => {
  const { end, tried } = await rollWith([0, 0, 0])
  expect(tried).toEqual(['0', '1', '2'])
  expect(end).toMatchObject({ pending: [], replaced: ['0', '1', '2'] })
})

test('where the first loop fails nothing else is touched', async () => {
  const { end, tried } = await rollWith([1, 0, 0])
  expect(tried).toEqual(['0'])
  expect(describeStop(end, 2)).toBe(
    'reload stopped and rolled back: the new code did not become ready (loop 0 failed); every loop still runs the old one',
  )
})

test('a later loop is tried twice', async () => {
  expect((await rollWith([0, 1, 1, 0])).end.replaced).toEqual(['0', '1', '2', '3'])
  const { end, tried } = await rollWith([0, 2, 0])
  expect(tried).toEqual(['0', '1', '1'])
  expect(describeStop(end, 2)).toBe(
    'reload stopped: a loop did not become ready (loop 1 failed); loop 0 run generation 2, loops 1, 2 still the old one. Correct the cause and reload again',
  )
})

test('whatever fails, every loop is either replaced or left, and a stop names why', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }), async (failures) => {
      const { end } = await rollWith(failures)
      expect([...end.replaced, ...end.pending]).toEqual(failures.map((_, id) => String(id)))
      expect(end.stopped === undefined).toBe(end.pending.length === 0)
    }),
  )
})
