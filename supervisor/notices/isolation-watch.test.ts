import { expect, test } from 'vitest'

import { createLog } from '../../core/log.ts'
import { EventBook } from './event-book.ts'
import { IsolationWatch } from './isolation-watch.ts'
import { Notices } from './notices.ts'

function watch() {
  const book = new EventBook({ now: () => 0 })
  const routes: { method: string; route: string }[] = []
  const made = new IsolationWatch(new Notices(createLog('silent', 'supervisor', false), book), () => routes)
  return { made, routes, told: () => book.latest(100).map(({ kind, severity, loop, message }) => [kind, severity, loop, message]) }
}

test('a loop that is kept apart is told of once, with the routes, and once when it serves everything again', () => {
  const { made, routes, told } = watch()
  routes.push({ method: 'GET', route: '/report' })
  for (const isolated of [false, true, true, false, false]) made.heard('3', isolated)
  expect(told()).toEqual([
    ['isolate', 'info', '3', 'loop 3 is kept for blocking routes (GET /report)'],
    ['isolate', 'info', '3', 'loop 3 serves everything again'],
  ])
})

test('many routes are counted, and none is named where none is known', () => {
  const { made, routes, told } = watch()
  made.heard('2', true)
  for (const route of ['/a', '/b', '/c', '/d', '/e']) routes.push({ method: 'GET', route })
  made.heard('3', true)
  expect(told().map(([, , , message]) => message)).toEqual([
    'loop 2 is kept for blocking routes',
    'loop 3 is kept for blocking routes (GET /a, GET /b, GET /c and 2 more)',
  ])
})

test('a loop that is scaled away and comes back later begins anew', () => {
  const { made, told } = watch()
  made.heard('3', true)
  made.forget('3')
  made.heard('3', false)
  expect(told()).toHaveLength(1)
})
