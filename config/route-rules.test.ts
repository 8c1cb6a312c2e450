import { expect, test } from 'vitest'

import { routeRules, ruleFinder } from './route-rules.ts'

test.each([
  ['POST /x/:id', 'blocking low', { method: 'POST', pattern: '/x/:id', class: 'blocking', priority: 'low' }],
  ['GET /x', 'high async', { method: 'GET', pattern: '/x', class: 'async', priority: 'high' }],
  ['/all', 'blocking', { method: undefined, pattern: '/all', class: 'blocking', priority: undefined }],
  ['/', 'normal', { method: undefined, pattern: '/', class: undefined, priority: 'normal' }],
  ['/twice', 'low blocking high async', { method: undefined, pattern: '/twice', class: 'async', priority: 'high' }],
])('reads %j: %j', (name, words, rule) => {
  expect(routeRules({ [name]: words })).toEqual([{ name, ...rule }])
})

test.each([
  ['POST', '/x/:id', 'POST /x/:key'],
  ['GET', '/x/:id', '/x/:key'],
  ['GET', '/report', 'GET /report'],
  ['HEAD', '/report', 'GET /report'],
  ['POST', '/report', undefined],
  ['GET', '/files/:name', '/files/*'],
  ['GET', '/files/index', '/files/index'],
  ['GET', '/other', undefined],
  ['*', '(no request)', undefined],
  ['GET', '(unknown)', undefined],
])('for %s %s holds the rule %s', (method, route, expected) => {
  const rules = routeRules({
    '/x/:key': 'async',
    'POST /x/:key': 'blocking low',
    'GET /report': 'blocking',
    '/files/*': 'low',
    '/files/index': 'high',
  })
  expect(ruleFinder(rules)({ method, route })?.name).toBe(expected)
})
