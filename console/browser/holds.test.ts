import { expect, test } from 'vitest'

import type { LoopStatus } from '../../core/status.ts'
import { Holds, routesText } from './holds.ts'

const block = { method: 'GET', route: '/block' }
const loop = (change: Partial<LoopStatus>): LoopStatus => ({ id: '2', blocked: false, ...change }) as LoopStatus
const held = (forMs: number): LoopStatus => loop({ blocked: true, holding: { routes: [block], forMs } })

test('a hold is shown with its route while it lasts, and for some seconds after', () => {
  const holds = new Holds()
  expect(holds.update(0, [held(600)]).get('2')).toMatchObject({ routes: [block], forMs: 600, now: true })
  expect(holds.update(1_000, [loop({})]).get('2')).toMatchObject({ routes: [block], now: false })
  expect(holds.update(4_900, [loop({})]).has('2')).toBe(true)
  expect(holds.update(5_100, [loop({})]).has('2')).toBe(false)
})

test('silence is shown before it is explained, and counts from when it was seen', () => {
  const holds = new Holds()
  expect(holds.update(0, [loop({ blocked: true })]).get('2')).toMatchObject({ routes: undefined, forMs: 0, now: true })
  expect(holds.update(500, [loop({ blocked: true })]).get('2')).toMatchObject({ forMs: 500 })
  expect(holds.update(900, [held(1_000)]).get('2')).toMatchObject({ routes: [block], forMs: 1_000 })
  expect(holds.update(1_400, [loop({ blocked: true })]).get('2')).toMatchObject({ routes: [block], forMs: 1_400 })
})

test('a silence that ended before it was explained leaves no trace', () => {
  const holds = new Holds()
  holds.update(0, [loop({ blocked: true })])
  expect(holds.update(100, [loop({})]).size).toBe(0)
})

test('the next handler that holds the loop is another hold', () => {
  const holds = new Holds()
  holds.update(0, [held(3_000)])
  expect(holds.update(500, [held(200)]).get('2')).toMatchObject({ forMs: 200 })
})

test('a loop that was scaled away takes its hold with it', () => {
  const holds = new Holds()
  holds.update(0, [held(3_000)])
  expect(holds.update(500, []).size).toBe(0)
})

test('a hold that was over before the page could see it is shown all the same', () => {
  const holds = new Holds()
  const lastHold = { ...block, forMs: 52, agoMs: 300 }
  expect(holds.update(1_000, [loop({ lastHold })]).get('2')).toMatchObject({ routes: [block], forMs: 52, now: false })
  expect(holds.update(1_200, [held(400)]).get('2')).toMatchObject({ forMs: 400, now: true })
  expect(holds.update(5_800, [loop({})]).has('2')).toBe(true)
  expect(holds.update(9_000, [loop({})]).has('2')).toBe(false)
})

test('routes are named in few words', () => {
  expect(routesText([block])).toBe('GET /block')
  expect(routesText([block, block, block])).toBe('GET /block and 2 more')
  expect(routesText([])).toBe('code of no request')
  expect(routesText(undefined)).toBe('what is not known yet')
})
