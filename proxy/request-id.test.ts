import { expect, test } from 'vitest'

import { createRequestIds } from './request-id.ts'

test('ids are the prefix and a count', () => {
  const next = createRequestIds('abc')
  expect([next(), next()]).toEqual(['abc-1', 'abc-2'])
})

test('two processes make different ids', () => {
  expect(createRequestIds()()).not.toBe(createRequestIds()())
})

test('ids may stand in a header, a log line and a URL', () => {
  const next = createRequestIds()
  for (let i = 0; i < 100; i += 1) expect(next()).toMatch(/^[0-9a-z-]{1,128}$/)
})
