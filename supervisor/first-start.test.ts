import { expect, test } from 'vitest'

import { judgeStart, startError, type SlotStart } from './first-start.ts'

const slot = (change: Partial<SlotStart> = {}): SlotStart => ({ ready: false, proven: false, deaths: 0, ...change })
const ready = slot({ ready: true, proven: true })
const failed = (message: string, certain = true, deaths = 1): SlotStart => slot({ deaths, failure: { error: { message }, certain } })

test('ready is when all are', () => {
  expect(judgeStart([ready, ready], 5)).toEqual({ is: 'ready' })
  expect(judgeStart([ready, slot()], 5)).toEqual({ is: 'waiting' })
})

test('the first try of every loop having failed ends it', () => {
  expect(judgeStart([failed('a'), slot()], 5)).toEqual({ is: 'waiting' })
  expect(judgeStart([failed('a'), failed('b')], 5)).toEqual({ is: 'hopeless', error: { message: 'a' } })
})

test('a bare exit is tried again', () => {
  expect(judgeStart([failed('exit', false), failed('exit', false)], 5)).toEqual({ is: 'waiting' })
})

test('one loop that never starts ends it after enough tries', () => {
  expect(judgeStart([ready, failed('a', true, 4)], 5)).toEqual({ is: 'waiting' })
  expect(judgeStart([ready, failed('a', true, 5)], 5)).toEqual({ is: 'hopeless', error: { message: 'a' } })
})

test('a loop that was ready once is not given up', () => {
  expect(judgeStart([ready, slot({ proven: true, deaths: 9 })], 5)).toEqual({ is: 'waiting' })
})

test("the error shows the app's message and stack once, and the remedy", () => {
  const error = startError({ app: './app.js' }, { message: 'no database', stack: 'Error: no database\n    at app.js:3' })
  expect(error.message).toBe(
    'the app ./app.js did not start: Error: no database\n    at app.js:3\n\nCorrect the app and start again; nothing was left running.',
  )
})

test('a command is named as a command', () => {
  expect(startError({ command: 'python x.py {port}' }, { message: 'exit code 2' }).message).toContain(
    'the command "python x.py {port}" did not start: exit code 2',
  )
})
