import { expect, test } from 'vitest'

import { FastHistogram } from '../core/metrics/fast-metrics.ts'
import { holdBounds, type RouteCounts } from '../core/route-counts.ts'
import { RouteBook } from './route-book.ts'

function book(routes: Readonly<Record<string, string>> = {}, threshold = 10) {
  let now = 5_000
  const made = new RouteBook({ now: () => now }, { routes, isolation: { mode: 'auto', threshold, target: 0.5 } })
  const histograms = new Map<string, FastHistogram>()
  /** What a process has counted of a route in all. */
  const counted = (process: string, route: string, ...holdsMs: number[]): RouteCounts => {
    const key = `${process} ${route}`
    const histogram = histograms.get(key) ?? new FastHistogram(Float64Array.from(holdBounds))
    histograms.set(key, histogram)
    for (const ms of holdsMs) histogram.observe(ms / 1000)
    return { method: 'GET', route, counts: [...histogram.counts], seconds: histogram.sum }
  }
  return { book: made, counted, pass: (ms: number) => void (now += ms) }
}

test('adds up loops, and goes on where a process ends and its successor counts from zero', () => {
  const { book: routes, counted } = book()
  routes.report('0.1.1', [counted('a', '/x', 1, 1, 1)])
  routes.report('1.1.2', [counted('b', '/x', 1)])
  routes.report('0.1.1', [counted('a', '/x', 1)])
  routes.ended('0.1.1')
  routes.report('0.2.3', [counted('c', '/x', 1, 1)])
  expect(routes.routes).toMatchObject([{ method: 'GET', route: '/x', requests: 7, class: 'async' }])
})

test('percentiles are of the last minute, and requests of all time', () => {
  const { book: routes, counted, pass } = book()
  routes.report('a', [counted('a', '/x', ...Array<number>(20).fill(200))])
  expect(routes.routes[0]).toMatchObject({ requests: 20, class: 'blocking' })
  expect(routes.routes[0]!.blockingP50Ms).toBeGreaterThan(150)
  pass(70_000)
  expect(routes.routes[0]).toMatchObject({ requests: 20, blockingP50Ms: 0, blockingP99Ms: 0, class: 'async' })
  routes.report('a', [counted('a', '/x', 0.1)])
  expect(routes.routes[0]).toMatchObject({ requests: 21, class: 'async' })
  expect(routes.routes[0]!.blockingP99Ms).toBeLessThan(1)
})

test('a route that blocks now and then is not a blocking one, and a few requests tell nothing', () => {
  const { book: routes, counted } = book()
  routes.report('a', [counted('a', '/often', ...Array<number>(97).fill(1), 300, 300, 300), counted('a', '/new', 300, 300, 300, 300)])
  const [fresh, often] = routes.routes
  expect(fresh).toMatchObject({ route: '/new', class: 'async' })
  expect(often).toMatchObject({ route: '/often', class: 'async' })
  expect(often!.blockingP99Ms).toBeGreaterThan(200)
})

test('holds no more than a thousand routes', () => {
  const { book: routes, counted } = book()
  for (let i = 0; i < 3_000; i++) routes.report('a', [counted('a', `/${i}`, 1)])
  expect(routes.routes).toHaveLength(1_000)
})

test('what is no route is never a blocking one', () => {
  const { book: routes, counted } = book()
  routes.report('a', [{ ...counted('a', '(no request)', ...Array<number>(20).fill(300)), method: '*' }])
  expect(routes.routes).toMatchObject([{ method: '*', class: 'async' }])
})

test('what the operator says of a route stands above what its app says, and that above what is measured', () => {
  const { book: routes, counted } = book({ 'GET /ruled': 'async', '/low': 'low' })
  const slow = Array<number>(20).fill(300)
  routes.report('a', [
    { ...counted('a', '/ruled', ...slow), declared: 'blocking' },
    { ...counted('a', '/declared', ...slow), declared: 'async' },
    { method: 'GET', route: '/unasked', counts: [], seconds: 0, declared: 'blocking' },
    counted('a', '/low', ...slow),
  ])
  expect(routes.routes.map(({ route, requests, class: found }) => [route, requests, found])).toEqual([
    ['/declared', 20, 'async'],
    ['/low', 20, 'blocking'],
    ['/ruled', 20, 'async'],
    ['/unasked', 0, 'blocking'],
  ])
  expect(routes.blocking).toMatchObject([{ route: '/low' }, { route: '/unasked' }])
  // The next version of the app does not say so any more.
  routes.report('b', [counted('b', '/unasked', 1)])
  expect(routes.blocking).toMatchObject([{ route: '/low' }])
})

test('how long a route holds its loop until it is a blocking one is for the operator to say', () => {
  const { book: routes, counted } = book({}, 50)
  routes.report('a', [counted('a', '/x', ...Array<number>(20).fill(30)), counted('a', '/y', ...Array<number>(20).fill(90))])
  expect(routes.blocking).toMatchObject([{ route: '/y' }])
})
