import { expect, test } from 'vitest'

import { readDecisionQuery } from './decision.ts'

test('a question needs a path; the method is GET and there is no key unless it says so', () => {
  expect(readDecisionQuery({ path: '/users/7?x=1' })).toEqual({ method: 'GET', path: '/users/7?x=1' })
  expect(readDecisionQuery({ path: '/', method: 'post', key: 'k' })).toEqual({ method: 'POST', path: '/', key: 'k' })
  expect(readDecisionQuery({ path: '/', key: '' })).toEqual({ method: 'GET', path: '/' })
})

test.each([
  [{}, 'path is missing; accepted: a path as in a request'],
  [{ path: 'users' }, 'path is "users"; accepted'],
  [{ path: '/a b' }, 'path is "/a b"; accepted'],
  [{ path: '/ü' }, 'path is "/ü"; accepted'],
  [{ path: ['/a', '/b'] }, 'path is ["/a","/b"]; accepted'],
  [{ path: `/${'x'.repeat(9_000)}` }, 'path is "/xxx'],
  [{ path: '/', method: 'G T' }, 'method is "G T"; accepted'],
  [{ path: '/', method: '' }, 'method is ""; accepted'],
  [{ path: '/', key: ['a', 'b'] }, 'key is ["a","b"]; accepted'],
])('%j is refused with cause and remedy', (query, message) => {
  const answer = readDecisionQuery(query)
  expect(typeof answer === 'string' ? answer.length : 0).toBeLessThan(400)
  expect(answer).toContain(message)
})
