import fc from 'fast-check'
import { expect, test } from 'vitest'

import { Gate } from './gate.ts'

const turn = (): Promise<void> => new Promise(setImmediate)

function crowd(places: number) {
  const gate = new Gate(places)
  const begun: number[] = []
  const ask = (id: number, alive: () => boolean = () => true): void =>
    gate.ask({
      begin: () => {
        if (alive()) begun.push(id)
        return alive()
      },
    })
  return { gate, begun, ask }
}

test('no more begin than there are places, and the others in the order they came', async () => {
  const { gate, begun, ask } = crowd(2)
  for (let id = 0; id < 5; id++) ask(id)
  expect(begun).toEqual([0, 1])
  expect(gate.waiting).toBe(3)
  gate.leave()
  expect(begun).toEqual([0, 1])
  await turn()
  expect(begun).toEqual([0, 1, 2])
})

test('one that comes in the turn in which another ends waits for the next turn', async () => {
  const { gate, begun, ask } = crowd(1)
  ask(0)
  gate.leave()
  ask(1)
  expect(begun).toEqual([0])
  await turn()
  expect(begun).toEqual([0, 1])
})

test('one whose client has gone takes no place', async () => {
  const { gate, begun, ask } = crowd(1)
  let there = true
  ask(0)
  ask(1, () => there)
  ask(2)
  there = false
  gate.leave()
  await turn()
  expect(begun).toEqual([0, 2])
})

test('a handler that throws holds its place, and those behind it have their turn', async () => {
  const { gate, begun, ask } = crowd(2)
  const failing = {
    begin: (): boolean => {
      throw new Error('of the app')
    },
  }
  expect(() => gate.ask(failing)).toThrow('of the app')
  ask(1)
  ask(2)
  await turn()
  expect(begun).toEqual([1])
  gate.leave()
  await turn()
  expect(begun).toEqual([1, 2])
})

test('whatever comes and goes: never more than the places, and each begins once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(fc.boolean(), { maxLength: 60 }), async (places, steps) => {
      const { gate, begun, ask } = crowd(places)
      let [asked, ended] = [0, 0]
      for (const comes of steps) {
        if (comes) ask(asked++)
        else if (begun.length > ended) {
          ended++
          gate.leave()
          await turn()
        }
        expect(begun.length - ended).toBeLessThanOrEqual(places)
      }
      while (ended < asked) {
        ended++
        gate.leave()
        await turn()
      }
      expect(begun).toEqual(Array.from({ length: asked }, (_, id) => id))
    }),
  )
})
