import { expect, test } from 'vitest'

import { loopStatus } from '../../test/support/console-data.ts'
import { Lives } from './lives.ts'

// The loop's clock is not the page's.
const pageAhead = 50_000
const tasks = (begun: number, openSeconds: number, atSeconds: number) => ({ begun, openSeconds, atSeconds })
const at = (seconds: number): number => seconds * 1_000 + pageAhead
const worker = (change: Parameters<typeof loopStatus>[1]) => loopStatus(0, { concurrency: 1, ...change })

test('how many tasks are held and how long each takes is told by what the loop has counted, not by looks at it', () => {
  const lives = new Lives()
  for (let second = 0; second <= 10; second++) {
    lives.update(at(second), [worker({ uptimeSeconds: 60 + second, inFlight: 0, tasks: tasks(second * 5, second * 0.75, second) })], 0)
  }
  const { recent, spans } = lives.of('0')!
  expect(recent!.open).toBeCloseTo(0.75)
  expect(recent!.perSecond).toBeCloseTo(5)
  expect(recent!.taskMs).toBeCloseTo(150)
  expect(spans.at(-1)).toEqual({ from: at(9), to: at(10), open: 0.75, begun: 5 })
})

test('a loop that was held tells of that time afterwards', () => {
  const lives = new Lives()
  lives.update(at(0), [worker({ uptimeSeconds: 60, tasks: tasks(0, 0, 0) })], 0)
  for (const second of [1, 2, 3]) lives.update(at(second), [worker({ uptimeSeconds: 60 + second, tasks: tasks(0, 0, 0) })], 0)
  lives.update(at(4), [worker({ uptimeSeconds: 64, tasks: tasks(1, 4, 4) })], 0)
  expect(lives.of('0')!.spans).toEqual([{ from: at(0), to: at(4), open: 1, begun: 1 }])
})

test('words that come late do not move what they tell of', () => {
  const lives = new Lives()
  lives.update(at(0), [worker({ uptimeSeconds: 60, tasks: tasks(0, 0, 0) })], 0)
  lives.update(at(1.9), [worker({ uptimeSeconds: 61, tasks: tasks(1, 1, 1) })], 0)
  const [span] = lives.of('0')!.spans
  expect([span!.from, span!.to].map((ms) => Math.round((ms - pageAhead) / 100))).toEqual([0, 10])
})

test('while no task comes, the mean length is that of the whole life; before the first there is none', () => {
  const lives = new Lives()
  lives.update(at(0), [worker({ uptimeSeconds: 60, tasks: tasks(0, 0, 60) })], 0)
  expect(lives.of('0')!.recent).toEqual({ open: 0, perSecond: 0, taskMs: undefined })
  lives.update(at(10), [worker({ uptimeSeconds: 70, tasks: tasks(4, 2, 70) })], 0)
  for (const second of [15, 20]) lives.update(at(second), [worker({ uptimeSeconds: 60 + second, tasks: tasks(4, 2, 60 + second) })], 0)
  expect(lives.of('0')!.recent).toEqual({ open: 0, perSecond: 0, taskMs: 500 })
})

test('a worker that dies ends its life, and its successor begins one, also as a thread of the same process', () => {
  const lives = new Lives()
  lives.update(at(0), [worker({ uptimeSeconds: 5, pid: 7 })], 0)
  lives.update(at(1), [worker({ uptimeSeconds: 0, pid: 0, state: 'dead' })], 0)
  lives.update(at(3), [worker({ uptimeSeconds: 0, state: 'starting', pid: 7 })], 0)
  lives.update(at(4), [worker({ uptimeSeconds: 0.5, pid: 7 })], 0)
  expect(lives.of('0')!.lives).toEqual([{ from: at(-5), to: at(1) }, { from: at(3.5) }])
  // A reload leaves no time between the two.
  lives.update(at(9), [worker({ uptimeSeconds: 1, pid: 8 })], 0)
  expect(lives.of('0')!.lives.slice(1)).toEqual([{ from: at(3.5), to: at(8) }, { from: at(8) }])
})

test('what is older than the window is forgotten, and a loop that is gone with it', () => {
  const lives = new Lives()
  for (let second = 0; second <= 100; second++) {
    lives.update(at(second), [worker({ uptimeSeconds: second, tasks: tasks(second, second, second) })], second)
  }
  expect(lives.of('0')!.spans.length).toBe(30)
  expect(lives.queue.length).toBe(30)
  expect(lives.queue.at(-1)).toEqual({ from: at(99), to: at(100), open: 100, begun: 0 })
  lives.update(at(101), [], 0)
  expect(lives.of('0')).toBeUndefined()
})

test('a foreign server that tells of no tasks has a life all the same', () => {
  const lives = new Lives()
  lives.update(at(0), [{ ...worker({ uptimeSeconds: 5 }), tasks: undefined as never }], 0)
  expect(lives.of('0')).toMatchObject({ lives: [{ from: at(-5) }], spans: [], recent: undefined })
})
