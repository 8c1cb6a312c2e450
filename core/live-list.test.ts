import fc from 'fast-check'
import { expect, test } from 'vitest'

import { type Listed, LiveList } from './live-list.ts'

test('it holds what was added and not removed, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (steps) => {
      const items: Listed[] = Array.from({ length: 10 }, () => ({ place: -1 }))
      const list = new LiveList<Listed>()
      const model = new Set<Listed>()
      for (const step of steps) {
        const item = items[step]!
        if (model.delete(item)) list.remove(item)
        else {
          model.add(item)
          list.add(item)
        }
        expect(list.size).toBe(model.size)
        expect(new Set(list)).toEqual(model)
        for (const each of items) expect(each.place === -1).toBe(!model.has(each))
      }
    }),
  )
})

test('removing what is not in it does nothing', () => {
  const list = new LiveList<Listed>()
  const one = { place: -1 }
  list.add(one)
  list.remove({ place: -1 })
  list.remove(one)
  list.remove(one)
  expect(list.size).toBe(0)
})

test('items may leave while it is walked, and each is seen once', () => {
  const list = new LiveList<Listed>()
  const items = [1, 2, 3].map(() => ({ place: -1 }))
  for (const item of items) list.add(item)
  const seen: Listed[] = []
  for (const item of list) {
    seen.push(item)
    for (const each of items) list.remove(each)
  }
  expect(seen).toEqual(items)
})
