import { expect, test } from 'vitest'

import { type SeenHold, HoldWatch } from './hold-watch.ts'

/** A board that is looked at every 50 ms; the loop ticks in between unless it is held. */
function watched() {
  const board = { ticked: 1, runs: 0, open: [] as number[] }
  let now = 0
  const watch = new HoldWatch(board, now)
  const told: SeenHold[] = []
  const pass = (ms: number, ticks: boolean, step = 50): void => {
    for (const end = now + ms; now < end;) {
      now += step
      if (ticks) board.ticked++
      const hold = watch.look(now)
      if (hold !== undefined) told.push(hold)
    }
  }
  return { board, told, pass }
}

test('a loop that runs is not held, nor one that is late once', () => {
  const { told, pass } = watched()
  pass(1_000, true)
  pass(50, false)
  pass(1_000, true)
  expect(told).toEqual([])
})

test('a hold is told while it lasts, again from time to time, and when it is over', () => {
  const { board, told, pass } = watched()
  pass(200, true)
  board.runs = 7
  board.open = [3, 7]
  pass(1_200, false)
  board.runs = 0
  pass(50, true)
  expect(told).toEqual([
    { routes: [7], forMs: 100, over: false },
    { routes: [7], forMs: 600, over: false },
    { routes: [7], forMs: 1_100, over: false },
    { routes: [7], forMs: 1_250, over: true },
  ])
})

test('where no handler is known to run, all open routes are named', () => {
  const { board, told, pass } = watched()
  board.open = [2, 5]
  pass(100, false)
  expect(told).toEqual([{ routes: [2, 5], forMs: 100, over: false }])
})

test('a hold for which nobody waits is told when it is long', () => {
  const { told, pass } = watched()
  pass(900, false)
  pass(50, true)
  expect(told).toEqual([])
  pass(1_000, false)
  expect(told).toEqual([{ routes: [], forMs: 1_000, over: false }])
})

test('a process that was stopped as a whole was not held', () => {
  const { told, pass } = watched()
  pass(100, true)
  pass(5_000, false, 5_000)
  pass(50, true)
  expect(told).toEqual([])
})

test('an app that is still being loaded is not held', () => {
  const board = { ticked: 0, runs: 0, open: [] }
  const watch = new HoldWatch(board, 0)
  for (let now = 50; now < 5_000; now += 50) expect(watch.look(now)).toBeUndefined()
})
