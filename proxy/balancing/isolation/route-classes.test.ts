import { expect, test } from 'vitest'

import type { Settings } from '../../../config/schema.ts'
import { LoopCounts } from '../../../test/support/route-reports.ts'
import { RouteClasses } from './route-classes.ts'

function build(routes: Settings['routes'] = {}, mode: Settings['isolation']['mode'] = 'auto') {
  const classes = new RouteClasses({ isolation: { mode, threshold: 10, target: 0.5 }, routes })
  const blocks = (path: string, method = 'GET') => classes.kindOf(method, path)?.blocking === true
  /** What one new process says at once. */
  let processes = 0
  const told = (name: string, ms: number, times: number, now: number, declared?: 'blocking' | 'async') => {
    const loop = new LoopCounts()
    loop.held(name, ms, times, declared)
    classes.note(`process ${processes++}`, loop.report, now)
    return classes.review(now)
  }
  return { classes, blocks, told }
}

/** A loop that says something each second. */
function reporting(classes: RouteClasses, process: string) {
  const loop = new LoopCounts()
  return { loop, say: (now: number) => classes.note(process, loop.report, now) }
}

test('a route blocks when half of at least five requests hold their loop for longer than the threshold', () => {
  const { classes, blocks, told } = build()
  expect(told('GET /report/:id', 50, 4, 0)).toBe(false)
  expect([classes.any, blocks('/report/7')]).toEqual([false, false])
  // Over all loops.
  expect(told('GET /report/:id', 50, 1, 100)).toBe(true)
  expect([classes.any, blocks('/report/7'), blocks('/report/7', 'POST'), blocks('/other')]).toEqual([true, true, false, false])
  expect(classes.kindOf('GET', '/report/7?full')).toMatchObject({ name: 'GET /report/:id', priority: 1 })
  expect(classes.kindOf('GET', '/report/7')!.holdMs).toBeCloseTo(50, -1)
  // The same object for all of its requests.
  expect(classes.kindOf('GET', '/report/8')).toBe(classes.kindOf('HEAD', '/report/9'))
  expect(told('GET /fast', 2, 100, 200)).toBe(false)
  expect(blocks('/fast')).toBe(false)
})

test('what is between the threshold and its half stays what it was', () => {
  const { blocks, told } = build()
  told('GET /a', 30, 10, 0)
  told('GET /b', 7, 10, 0)
  expect(told('GET /a', 7, 100, 1_000)).toBe(false)
  expect([blocks('/a'), blocks('/b')]).toEqual([true, false])
  expect(told('GET /a', 2, 300, 2_000)).toBe(true)
  expect(blocks('/a')).toBe(false)
})

test('a route that begins to block is found when it has done so a few dozen times, whatever it did before', () => {
  const { blocks, told } = build()
  for (let now = 0; now < 60_000; now += 1_000) told('GET /a', 1, 100, now)
  for (let count = 0; count < 50; count += 1) told('GET /a', 50, 1, 60_000 + count)
  expect(blocks('/a')).toBe(true)
  // What it did before does not acquit it.
  for (let count = 0; count < 50; count += 1) told('GET /a', 50, 1, 61_000 + count)
  expect(blocks('/a')).toBe(true)
})

test('a route that blocks in one request of four is none that blocks, at no time', () => {
  const { blocks, told } = build()
  let state = 1
  const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  for (let now = 0; now < 600_000; now += 100) {
    told('GET /a', chance() < 0.25 ? 50 : 1, 1, now)
    if (now > 5_000) expect(blocks('/a')).toBe(false)
  }
})

test('a fix is noticed within about a minute, and a route that nobody asks for is forgotten in the end', () => {
  const { classes, blocks, told } = build()
  told('GET /a', 100, 1_000, 0)
  for (let now = 1_000; now <= 80_000; now += 1_000) told('GET /a', 1, 2, now)
  expect(blocks('/a')).toBe(false)
  told('GET /rare', 100, 5, 0)
  for (const now of [60_000, 300_000, 500_000]) {
    classes.review(now)
    expect(blocks('/rare')).toBe(true)
  }
  expect(classes.review(620_000)).toBe(true)
  expect([classes.any, blocks('/rare')]).toEqual([false, false])
})

test('a route of which one request a minute comes is found as well', () => {
  const { blocks, told } = build()
  for (let minute = 0; minute < 5; minute++) told('GET /rare', 400, 1, minute * 60_000)
  expect(blocks('/rare')).toBe(true)
})

test('an ordinary route beside a blocking pattern is not taken for a part of it, once it is known', () => {
  const { blocks, told } = build()
  told('GET /users/:id', 50, 10, 0)
  expect(blocks('/users/me')).toBe(true)
  told('GET /users/me', 1, 10, 100)
  expect([blocks('/users/me'), blocks('/users/you'), blocks('/users/me', 'HEAD')]).toEqual([false, true, false])
})

test('routes that no path can tell apart are one route', () => {
  const { blocks, told } = build()
  told('GET /users/:id', 50, 10, 0)
  told('GET /users/:name', 1, 100, 100)
  expect(blocks('/users/x')).toBe(false)
})

test('the configuration stands above the app, and the app above what is learned', () => {
  const { classes, blocks, told } = build({ 'GET /a/*': 'async', '/b': 'blocking low', '/c/:x': 'high', 'POST /d': 'normal' })
  expect(classes.any).toBe(true)
  expect(classes.kindOf('PUT', '/b')).toEqual({ name: '/b', blocking: true, holdMs: 0, priority: 2 })
  expect(classes.kindOf('POST', '/d')).toBeUndefined()
  told('GET /a/:id', 50, 10, 0, 'blocking')
  told('GET /c/:id', 50, 10, 0)
  told('GET /e', 50, 10, 0, 'async')
  told('GET /f', 1, 1, 0, 'blocking')
  told('GET /b', 1, 100, 0)
  expect([blocks('/a/1'), blocks('/b'), blocks('/c/1'), blocks('/e'), blocks('/f')]).toEqual([false, true, true, false, true])
  expect(classes.kindOf('GET', '/c/1')).toMatchObject({ name: 'GET /c/:id', priority: 0 })
  expect(classes.kindOf('POST', '/c/1')).toMatchObject({ blocking: false, priority: 0 })
  // What is measured of a declared route is known of it too.
  expect(classes.kindOf('GET', '/b')!.holdMs).toBeGreaterThan(0)
})

test('what the app declares is known before the first request for it, and for good', () => {
  const { classes, blocks } = build()
  classes.note('a process', [{ method: 'GET', route: '/report', counts: [], seconds: 0, declared: 'blocking' }], 0)
  for (const now of [100, 200, 3_600_000]) {
    classes.review(now)
    expect([classes.any, blocks('/report')]).toEqual([true, true])
  }
})

test('nothing is learned where only declarations count, and nothing blocks where isolation is off', () => {
  const declared = build({ '/a': 'blocking' }, 'declared')
  declared.told('GET /b', 50, 10, 0)
  declared.told('GET /c', 50, 10, 0, 'blocking')
  expect([declared.blocks('/a'), declared.blocks('/b'), declared.blocks('/c')]).toEqual([true, false, true])
  const off = build({ '/a': 'blocking high' }, 'off')
  off.told('GET /a', 50, 10, 0)
  off.told('GET /c', 50, 10, 0, 'blocking')
  expect(off.classes.kindOf('GET', '/a')).toMatchObject({ blocking: false, priority: 0 })
  expect(off.classes.kindOf('GET', '/c')).toBeUndefined()
  expect(off.classes.demand(1_000)).toMatchObject({ blockingLoops: 0, blockingSeen: false })
})

test('what holds loops beside their requests is work and no route', () => {
  const { classes, blocks } = build()
  const { loop, say } = reporting(classes, 'a')
  for (let now = 0; now <= 30_000; now += 1_000) {
    say(now)
    loop.held('* (no request)', 300)
    loop.held('GET (no route)', 200)
  }
  classes.review(30_000)
  const demand = classes.demand(30_000)
  expect([classes.any, blocks('/(no route)'), demand.otherShare]).toEqual([false, false, 1])
  expect(demand.otherLoops).toBeCloseTo(0.5, 1)
})

test('sums what the routes ask for, however the loops time their reports', () => {
  const { classes } = build()
  const loops = Array.from({ length: 10 }, (_, index) => ({ ...reporting(classes, `loop ${index}`), every: 100 * (index + 1) }))
  for (let now = 0; now <= 60_000; now += 100) {
    for (const { loop, say, every } of loops) {
      if (now % every === 0) say(now)
      if (now % 1_000 === 0) loop.held('GET /slow', 100)
      loop.held('GET /fast', 2)
    }
    classes.review(now)
    // From the first seconds on.
    if (now < 5_000) continue
    const { blockingLoops, otherLoops, otherShare, blockingSeen } = classes.demand(now)
    expect(blockingSeen).toBe(true)
    expect(blockingLoops).toBeGreaterThan(0.8)
    expect(blockingLoops).toBeLessThan(1.2)
    expect(otherLoops).toBeGreaterThan(0.17)
    expect(otherLoops).toBeLessThan(0.23)
    expect(otherShare).toBeCloseTo(10 / 11, 1)
  }
})

test('what a process did before it was first heard of is not work of now', () => {
  const { classes } = build()
  const { loop, say } = reporting(classes, 'old')
  classes.note('young', [], 0)
  loop.held('GET /slow', 100, 100_000)
  say(1_000)
  classes.review(1_000)
  expect(classes.demand(1_000)).toMatchObject({ blockingLoops: 0, blockingSeen: true })
  loop.held('GET /slow', 100, 5)
  say(2_000)
  const { blockingLoops } = classes.demand(2_000)
  expect(blockingLoops).toBeGreaterThan(0.2)
  expect(blockingLoops).toBeLessThan(0.6)
})

test('counts that go down are those of a new process, and the same counts are nothing new', () => {
  const { classes, blocks } = build()
  const first = reporting(classes, 'a')
  first.loop.held('GET /a', 50, 4)
  for (const now of [0, 1_000, 2_000]) first.say(now)
  classes.review(2_000)
  expect(blocks('/a')).toBe(false)
  const second = reporting(classes, 'a')
  second.loop.held('GET /a', 50, 1)
  second.say(3_000)
  classes.review(3_000)
  expect(blocks('/a')).toBe(true)
  classes.forget('a')
  expect(blocks('/a')).toBe(true)
})

test('however many routes there are, a bounded number is kept, and the rest is work all the same', () => {
  const { classes, blocks } = build()
  const { loop, say } = reporting(classes, 'a')
  for (let route = 0; route < 1_000; route++) loop.held(`GET /${route}`, 1)
  say(0)
  const other = reporting(classes, 'b')
  other.say(0)
  for (let now = 1_000; now <= 20_000; now += 1_000) {
    other.loop.held('GET /late', 100, 5)
    other.say(now)
    classes.review(now)
  }
  expect(blocks('/late')).toBe(false)
  expect(classes.demand(20_000).otherLoops).toBeCloseTo(0.5, 1)
})
