import { expect, test } from 'vitest'

import { ownLine, stackLines } from './stack.ts'

const own = { name: '', file: '/srv/app.js', line: 12, column: 3 }
const node = { name: 'listOnTimeout', file: 'node:internal/timers', line: 581, column: 17 }

test('each call has its place, and its name where it has one', () => {
  expect(stackLines([own, node])).toEqual(['/srv/app.js:12:3', 'listOnTimeout (node:internal/timers:581:17)'])
})

test("the line to look at is the innermost that is not Node's own", () => {
  expect(ownLine([node, own, { ...own, line: 13 }])).toBe('/srv/app.js:12:3')
  expect(ownLine([node])).toBe('listOnTimeout (node:internal/timers:581:17)')
  expect(ownLine([])).toBeUndefined()
})
