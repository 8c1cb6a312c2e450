import { expect, test } from 'vitest'

import { SetCookie } from './set-cookie.ts'

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const expected = 'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\n\r\nok'

test('the field stands behind the first line, wherever the head is split', () => {
  for (let at = 0; at <= head.length; at++) {
    const cookie = new SetCookie('a=1')
    const parts = [head.slice(0, at), head.slice(at)].map((text) => Buffer.from(text))
    const first = cookie.add(parts[0]!)
    // Once it is said, the rest goes on untouched.
    const whole = first === undefined ? cookie.add(parts[1]!) : Buffer.concat([first, parts[1]!])
    expect(String(whole)).toBe(expected)
  }
})

test('what was held back may be overwritten', () => {
  const cookie = new SetCookie('a=1')
  const part = Buffer.from('HTTP/1.1 2')
  expect(cookie.add(part)).toBeUndefined()
  part.fill(0)
  expect(String(cookie.add(Buffer.from('00 OK\r\n\r\n')))).toBe('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n')
})
