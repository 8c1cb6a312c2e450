import { expect, test } from 'vitest'

import type { Step } from './comparison.ts'
import { notesOf } from './notes.ts'

const quiet = { offered: 100, sent: 1_000, failed: 0, saturated: false, clientLateMs: 2, otherCpus: 0.05 }
const notes = (...steps: readonly Partial<Step>[]): string[] =>
  notesOf(
    [
      {
        model: 'async',
        title: 'async, 1 loop',
        command: '',
        workers: 1,
        capacity: 1,
        steps: steps.map((step) => ({ ...quiet, ...step }) as Step),
      },
    ],
    2,
  )

test('of a quiet machine there is nothing to note', () => {
  expect(notes({}, {})).toEqual([])
})

test('a machine that does something else is told', () => {
  expect(notes({ otherCpus: 1.2 }, { otherCpus: 0.8 })[0]).toMatch(/^Something else kept 1 of 2 CPUs busy meanwhile/)
})

test('a client that was late is told, but not for being late beside a cluster that did not keep up', () => {
  expect(notes({ clientLateMs: 80 }, {})[0]).toMatch(/^In 1 of 2 steps the client itself was late, by up to 80 ms/)
  expect(notes({ clientLateMs: 80, saturated: true })).toEqual([])
})

test('failures are told, with where', () => {
  expect(notes({ failed: 100 })[0]).toMatch(/^At 100 requests a second under “async, 1 loop” 10 % of the requests failed/)
})
