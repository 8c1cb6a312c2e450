import { expect, test } from 'vitest'

import { bytes, count, duration, fit, linkTo, millis, percent, rate } from './format.ts'

test.each([
  [count(1_234), '1,234'],
  [count(123_456), '123 k'],
  [count(1_234_567_890), '1,235 M'],
  [rate(0), '0'],
  [rate(0.44), '0.4'],
  [rate(9.96), '10'],
  [rate(99.6), '100'],
  [rate(1_234.5), '1,235'],
  [percent(0.426), '43 %'],
  [millis(1.23), '1.2 ms'],
  [millis(340), '340 ms'],
  [millis(2_312), '2.3 s'],
  [millis(300_000), '5 min'],
  [bytes(93 * 1_048_576), '93 MiB'],
  [bytes(1_400 * 1_048_576), '1.4 GiB'],
  [duration(0.4), '0 s'],
  [duration(42.9), '42 s'],
  [duration(192), '3 min 12 s'],
  [duration(7_200), '2 h'],
  [duration(2 * 86_400 + 3 * 3_600 + 59), '2 d 3 h'],
])('%s reads as %s', (text, expected) => {
  expect(text).toBe(expected)
})

test('what is not known is a dash', () => {
  for (const show of [count, rate, percent, millis, bytes, duration]) {
    expect([show(undefined), show(null), show(NaN)]).toEqual(['–', '–', '–'])
  }
})

test('a text that is too long ends in an ellipsis', () => {
  expect([fit('GET /users', 10), fit('GET /users/:id', 10), fit('long', 0)]).toEqual(['GET /users', 'GET /user…', 'l…'])
})

test('the link to a cluster leads to a host that can be reached, and never to a script', () => {
  expect(linkTo('http://127.0.0.1:8080', 'x')).toBe('http://127.0.0.1:8080/')
  expect(linkTo('http://0.0.0.0:8080', 'server.example')).toBe('http://server.example:8080/')
  expect(linkTo('http://[::]:8080', 'localhost')).toBe('http://localhost:8080/')
  expect(linkTo('javascript:alert(1)', 'x')).toBeUndefined()
  expect(linkTo('starting', 'x')).toBeUndefined()
})
