import { expect, test } from 'vitest'

import { HoldLines } from './hold-lines.ts'

function lines() {
  let now = 0
  const told: string[] = []
  const made = new HoldLines({ now: () => now })
  const block = { method: 'GET', route: '/block' }
  return {
    told,
    pass: (ms: number) => void (now += ms),
    hold: (forMs: number, over: boolean, routes = [block]) => {
      const line = made.line('0', { routes, forMs, over })
      if (line !== undefined) told.push(line)
    },
    forget: () => made.forget('0'),
  }
}

test('a short hold is one line when it is over', () => {
  const { told, hold } = lines()
  hold(110, false)
  hold(350, true)
  expect(told).toEqual(['loop 0 was held for 350 ms by GET /block'])
})

test('a long one is told while it lasts, once', () => {
  const { told, hold } = lines()
  for (const ms of [100, 600, 1_100, 1_600, 9_000]) hold(ms, false)
  hold(9_200, true)
  expect(told).toEqual(['loop 0 is held by GET /block, 1.1 s so far', 'loop 0 was held for 9.2 s by GET /block'])
})

test('a process that ends while it is held leaves nothing to its successor', () => {
  const { told, hold, forget } = lines()
  hold(1_100, false)
  forget()
  hold(1_200, false)
  expect(told).toEqual(['loop 0 is held by GET /block, 1.1 s so far', 'loop 0 is held by GET /block, 1.2 s so far'])
})

test('an app that blocks all the time does not fill the log', () => {
  const { told, hold, pass } = lines()
  for (let i = 0; i < 500; i++) {
    hold(150, false)
    hold(150, true)
    pass(200)
  }
  expect(told).toEqual([
    'loop 0 was held for 150 ms by GET /block',
    ...Array(3).fill('loop 0 was held for 150 ms by GET /block (and 149 more since that was last told)'),
  ])
})

test('names some of many routes, and says where there is none', () => {
  const { told, hold, pass } = lines()
  hold(
    200,
    true,
    ['/a', '/b', '/c', '/d', '/e'].map((route) => ({ method: 'GET', route })),
  )
  pass(60_000)
  hold(200, true, [])
  expect(told).toEqual([
    'loop 0 was held for 200 ms by one of GET /a, GET /b, GET /c and 2 more',
    'loop 0 was held for 200 ms by code that belongs to no request',
  ])
})
