import { expect, test } from 'vitest'

import { describeExports, exportedApp } from './exported-app.ts'

const listener = (req: unknown, res: unknown): unknown => [req, res]

test.each([
  ['module.exports = app', listener],
  ['a default export', { default: listener }],
  ['a compiled default export', { __esModule: true, default: listener }],
  ['a compiled default export seen from ESM', { default: { __esModule: true, default: listener } }],
  ['a named export', { app: listener, answer: 42 }],
  ['module.exports = { handler }', { default: { handler: listener } }],
])('finds the app in %s', (_what, loaded) => {
  expect(exportedApp(loaded)).toBe(listener)
})

test('says what it found instead', () => {
  expect(describeExports({})).toBe('nothing')
  expect(describeExports({ default: undefined })).toBe('nothing')
  expect(describeExports({ answer: 42, question: 'x' })).toBe('an object with answer, question')
  expect(
    describeExports({
      default: class Service {
        id = 1
      },
    }),
  ).toBe('a class named Service')
  expect(describeExports({ default: 'x' })).toBe('a string')
})
