import { expect, test } from 'vitest'

import { clusterStatus, loopStatus, routeStatus } from '../../test/support/console-data.ts'
import { apartOf, apartText, confinedTo } from './apart.ts'

const blocking = (name: string, method = 'GET') => routeStatus(name, 60, { method, class: 'blocking' })
const kept = (...ids: number[]) => Array.from({ length: 8 }, (_, id) => loopStatus(id, { isolated: ids.includes(id) }))

test('nothing is said while every loop serves everything', () => {
  expect(apartText(apartOf(clusterStatus(4, { routes: [blocking('/report')] })))).toBe('')
})

test('the loops that are kept apart are named with their routes', () => {
  const text = (ids: number[], ...routes: string[]) =>
    apartText(apartOf(clusterStatus(kept(...ids), { routes: [routeStatus('/', 1), ...routes.map((name) => blocking(name))] })))
  expect(text([7], '/report')).toBe('Loop 7 is kept for routes that block: GET /report')
  expect(text([6, 7])).toBe('Loops 6, 7 are kept for routes that block')
  expect(text([3, 4, 5, 6, 7], '/a', '/b', '/c', '/d', '/e')).toBe(
    'Loops 3, 4, 5 and 2 more are kept for routes that block: GET /a, GET /b, GET /c and 2 more',
  )
})

test('only a route that blocks is confined, and no timer is', () => {
  const apart = apartOf(clusterStatus(kept(7), { routes: [blocking('/report'), blocking('(no request)', '*')] }))
  expect(apart.routes).toEqual(['GET /report'])
  expect(confinedTo(blocking('/report'), apart)).toBe('on loop 7')
  expect(confinedTo(routeStatus('/', 1), apart)).toBeUndefined()
  expect(confinedTo(blocking('(no request)', '*'), apart)).toBeUndefined()
})

test('a pool of workers is told with the routes that it takes', () => {
  const workers = [loopStatus(0), loopStatus(1, { id: 'b0', forBlocking: true }), loopStatus(2, { id: 'b1', forBlocking: true })]
  const apart = apartOf(clusterStatus(workers, { routes: [blocking('/report')] }))
  expect(apartText(apart)).toBe('A pool of 2 workers is kept for routes that block: GET /report')
  expect(confinedTo(blocking('/report'), apart)).toBe('in pool')
})
