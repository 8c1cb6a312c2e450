import { expect, test } from 'vitest'

import type { Decision } from '../../core/decision.ts'
import { HeadInsert, headInsert } from './head-insert.ts'

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const expected = 'HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 2\r\n\r\nok'
const decision: Decision = { class: 'async', priority: 'normal', policy: 'p2c', chosen: '1', reason: 'so', queued: 0, candidates: [] }

test('the fields stand behind the first line, wherever the head is split', () => {
  for (let at = 0; at <= head.length; at++) {
    const insert = new HeadInsert('A: 1\r\n')
    const parts = [head.slice(0, at), head.slice(at)].map((text) => Buffer.from(text))
    const first = insert.add(parts[0]!)
    // Once it is said, the rest goes on untouched.
    const whole = first === undefined ? insert.add(parts[1]!) : Buffer.concat([first, parts[1]!])
    expect(String(whole)).toBe(expected)
  }
})

test('what was held back may be overwritten', () => {
  const insert = new HeadInsert('A: 1\r\n')
  const part = Buffer.from('HTTP/1.1 2')
  expect(insert.add(part)).toBeUndefined()
  part.fill(0)
  expect(String(insert.add(Buffer.from('00 OK\r\n\r\n')))).toBe('HTTP/1.1 200 OK\r\nA: 1\r\n\r\n')
})

test('a cookie and a decision are said, and nothing where there is neither', () => {
  const said = (...about: Parameters<typeof headInsert>): string =>
    String(headInsert(...about)!.add(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')))
  const line = 'x-evenloop-decision: loop=1; policy=p2c; class=async; priority=normal; reason="so"; candidates=""\r\n'
  expect(headInsert(undefined, undefined)).toBeUndefined()
  expect(said('a=1', undefined)).toBe('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n')
  expect(said(undefined, decision)).toBe(`HTTP/1.1 200 OK\r\n${line}\r\n`)
  expect(said('a=1', decision)).toBe(`HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n${line}\r\n`)
})
