import { expect, test } from 'vitest'

import { isInterim, statusOf } from './response-start.ts'

test.each([
  ['HTTP/1.1 200 OK\r\n', 200],
  ['HTTP/1.0 404 Not Found\r\n\r\nbody', 404],
  ['HTTP/1.1 103 Early Hints\r\n', 103],
  ['HTTP/1.1 20', 0],
  ['GET / HTTP/1.1\r\n', 0],
  ['HTTP/1.1 2x0 OK\r\n', 0],
])('reads the status of %j, as text and as bytes', (text, status) => {
  expect(statusOf(text)).toBe(status)
  expect(statusOf(Buffer.from(text))).toBe(status)
})

test('knows which responses are not the last of their request', () => {
  expect([100, 103, 199].every(isInterim)).toBe(true)
  expect([0, 99, 200, 304].some(isInterim)).toBe(false)
})
