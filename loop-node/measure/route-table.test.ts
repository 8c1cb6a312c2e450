import { expect, test } from 'vitest'

import { maxRoutes } from '../watchdog/board.ts'
import { ChangedRoutes } from './changed-routes.ts'
import { type Route, RouteTable } from './route-table.ts'

function table() {
  const told: string[] = []
  const routes = new RouteTable(({ id, method, route }: Route) => told.push(`${id} ${method} ${route}`))
  return { routes, told }
}

test('a route is told of once, before anything is counted for it', () => {
  const { routes, told } = table()
  const key = {}
  expect(routes.ofPattern(key, 'GET', '/users/:id')).toBe(routes.ofPattern(key, 'GET', '/users/:id'))
  expect(routes.ofPattern(key, 'POST', '/users/:id')).not.toBe(routes.ofPattern(key, 'GET', '/users/:id'))
  expect(routes.ofPattern({}, 'GET', undefined).route).toBe('(no route)')
  expect(told).toEqual(['1 GET /users/:id', '2 POST /users/:id', '3 GET (no route)'])
  expect(routes.asked).toEqual([])
})

test('a client that makes up paths makes no more than 200 names', () => {
  const { routes, told } = table()
  for (let i = 0; i < 5_000; i++) {
    const word = [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
    routes.ofPath('GET', `/${word}`).observe(0.002)
  }
  expect(told).toHaveLength(maxRoutes)
  const counts = routes.asked.map((route) => route.counts())
  expect(counts).toHaveLength(maxRoutes)
  expect(counts.reduce((sum, route) => sum + route.counts.reduce((all, one) => all + one, 0), 0)).toBe(5_000)
  expect(counts.find(({ route }) => route === '(other)')!.counts.some((count) => count > 4_000)).toBe(true)
})

test('a name is no longer than a label should be', () => {
  const { routes } = table()
  expect(routes.named('GET', `/${'x'.repeat(5_000)}`).route).toHaveLength(200)
})

test('shows what was counted as the metric has it', () => {
  const { routes } = table()
  const route = routes.named('GET', '/a')
  for (const seconds of [0.0001, 0.003, 0.3, 1_000]) route.observe(seconds)
  const { value } = routes.family().series[0]!
  //                  1ms 2.5 5 10 25 50 100 250 500 1s 2.5 5 10 +Inf sum
  expect(value).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 1000.3031])
})

test('what the app declares is told once without a request, and with the counts from then on', () => {
  const { routes } = table()
  const changed = new ChangedRoutes(routes, { now: () => 0 })
  const seen = routes.named('GET', '/seen')
  seen.observe(0.002)
  expect(changed.take()).toMatchObject([{ route: '/seen' }])
  routes.declare('GET', '/report', 'blocking')
  routes.declare('GET', '/seen', 'async')
  expect(changed.take()).toEqual([
    { method: 'GET', route: '/seen', counts: expect.any(Array), seconds: 0.002, declared: 'async' },
    { method: 'GET', route: '/report', counts: [], seconds: 0, declared: 'blocking' },
  ])
  expect(changed.take()).toEqual([])
  expect(routes.family().series).toHaveLength(1)
  routes.named('GET', '/report').observe(0.05)
  expect(changed.take()).toMatchObject([{ route: '/report', declared: 'blocking' }])
})

test('a route without a name of its own is not declared in the name of all of them', () => {
  const { routes } = table()
  for (let i = 0; i < maxRoutes; i++) routes.named('GET', `/${i}`)
  routes.declare('GET', '/report', 'blocking')
  expect(routes.worthTelling).toEqual([])
})
