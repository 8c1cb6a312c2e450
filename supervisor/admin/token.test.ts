import { expect, test } from 'vitest'

import { newToken, TokenGate } from './token.ts'

const token = 'correct-horse-battery'
const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

function gate() {
  let now = 0
  const made = new TokenGate(token, { now: () => now })
  return { made, pass: (ms: number) => (now += ms) }
}

test('the token is taken from header, cookie and link', () => {
  const { made } = gate()
  expect(made.check('a', bearer(token))).toBe('right')
  expect(made.check('a', { authorization: `bearer  ${token} ` })).toBe('right')
  expect(made.check('a', { token })).toBe('right')
  expect(made.check('a', { cookie: `other=1; evenloop_admin=${made.cookieValue}; last` })).toBe('right')
  expect(made.check('a', { cookie: `evenloop_admin=old; evenloop_admin=${made.cookieValue}` })).toBe('right')
})

test('nothing else is', () => {
  const { made } = gate()
  expect(made.check('a', {})).toBe('missing')
  expect(made.check('a', { authorization: `Basic ${token}` })).toBe('missing')
  expect(made.check('a', { cookie: `xevenloop_admin=${made.cookieValue}` })).toBe('missing')
  for (const wrong of ['', ' ', token.slice(1), `${token}x`, token.toUpperCase(), 'ü'.repeat(40), 'a'.repeat(100_000)])
    expect(made.check(wrong, { token: wrong })).toBe('wrong')
  expect(made.check('b', { cookie: `evenloop_admin=${token}` })).toBe('wrong')
  expect(made.check('c', bearer(made.cookieValue))).toBe('wrong')
})

test('after ten guesses in a minute nothing is looked at from there, not even what is right, until the minute is over', () => {
  const { made, pass } = gate()
  for (let n = 0; n < 10; n++) expect(made.check('a', bearer(`guess-${n}`))).toBe('wrong')
  pass(20_000)
  expect([made.check('a', bearer('guess')), made.check('a', bearer(token)), made.retryAfter]).toEqual(['limited', 'limited', 40])
  expect(made.check('a', {})).toBe('missing')
  expect(made.check('b', bearer(token))).toBe('right')
  pass(40_000)
  expect(made.check('a', bearer(token))).toBe('right')
})

test('a page left open with an old cookie locks nobody out', () => {
  const { made } = gate()
  for (let n = 0; n < 100; n++) expect(made.check('a', { cookie: 'evenloop_admin=old' })).toBe('wrong')
  expect(made.check('a', { token })).toBe('right')
})

test('many cookies in one request are as many guesses', () => {
  const { made } = gate()
  const cookie = Array.from({ length: 50 }, (_, n) => `evenloop_admin=${n}`).join('; ')
  expect(made.check('a', { cookie })).toBe('wrong')
  expect(made.check('a', bearer(token))).toBe('limited')
})

test('guesses from ever new addresses are counted together in the end', () => {
  const { made } = gate()
  for (let n = 0; n < 1_010; n++) made.check(`address ${n}`, bearer(`guess-${n}`))
  expect(made.check('one more', bearer('guess'))).toBe('limited')
})

test('a token that was made is long and never the same', () => {
  expect(newToken()).toMatch(/^[\w-]{43}$/)
  expect(newToken()).not.toBe(newToken())
})
