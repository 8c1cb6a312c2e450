import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ManualClock } from '../../test/support/endpoints.ts'
import type { Priority } from './route-kind.ts'
import { type Waiter, WaitingQueue } from './waiting-queue.ts'

const high = 0
const normal = 1
const low = 2

const queueOf = <T>({ limit = 1_000, delayMs = 0, clock = new ManualClock() } = {}): WaitingQueue<T> =>
  new WaitingQueue<T>({ limit, delayMs }, clock)

const drain = <T>(queue: WaitingQueue<T>): T[] => {
  const items: T[] = []
  while (queue.depth > 0) items.push(queue.shift()!)
  return items
}

describe('waiters of one priority', () => {
  test('are served first come, first served', () => {
    const queue = queueOf<string>()
    for (const item of ['a', 'b', 'c']) queue.push(item, normal, 1_000)
    expect(queue.peek()).toBe('a')
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual(['a', 'b', 'c', undefined])
    expect(queue.peek()).toBeUndefined()
  })

  test('are passed over once their client has left, and leaving twice is harmless', () => {
    const queue = queueOf<string>()
    queue.push('a', normal, 1_000)
    const b = queue.push('b', normal, 1_000)!
    queue.push('c', normal, 1_000)
    queue.remove(b)
    queue.remove(b)
    expect(queue.depth).toBe(2)
    expect(drain(queue)).toEqual(['a', 'c'])
  })

  test('are left alone by another queue', () => {
    const [queue, other] = [queueOf<string>(), queueOf<string>()]
    const a = queue.push('a', normal, 1_000)!
    other.push('b', normal, 1_000)
    other.remove(a)
    expect([queue.depth, other.depth, queue.shift(), other.shift()]).toEqual([1, 1, 'a', 'b'])
  })

  test('know since when they wait', () => {
    const clock = new ManualClock()
    clock.time = 40
    expect(queueOf<string>({ clock }).push('a', low, 100)).toMatchObject({ item: 'a', priority: low, since: 40, deadline: 140 })
  })
})

describe('a full queue', () => {
  test('takes nobody until somebody leaves', () => {
    const queue = queueOf<string>({ limit: 1 })
    const first = queue.push('a', normal, 1_000)!
    expect(queue.push('b', high, 1_000)).toBeUndefined()
    queue.remove(first)
    expect(queue.push('b', normal, 1_000)).toBeDefined()
  })

  test('of none takes nobody', () => {
    expect(queueOf<string>({ limit: 0 }).push('a', high, 1_000)).toBeUndefined()
  })

  test('makes room by the newest of those that matter least', () => {
    const queue = queueOf<string>()
    for (const [item, priority] of [
      ['n1', normal],
      ['l1', low],
      ['l2', low],
      ['h1', high],
      ['n2', normal],
    ] as const) {
      queue.push(item, priority, 1_000)
    }
    expect(queue.makeRoom(normal)).toBe('l2')
    expect(queue.makeRoom(high)).toBe('l1')
    expect(queue.makeRoom(normal)).toBeUndefined()
    expect(queue.makeRoom(high)).toBe('n2')
    expect(drain(queue)).toEqual(['h1', 'n1'])
  })

  test('never makes room by an equal', () => {
    const queue = queueOf<string>()
    for (const priority of [high, normal, low] as const) {
      queue.push('a', priority, 1_000)
      expect(queue.makeRoom(priority)).toBeUndefined()
      drain(queue)
    }
  })
})

describe('turns between priorities', () => {
  const flood = (queue: WaitingQueue<Priority>, each: number): void => {
    for (const priority of [low, normal, high] as const) for (let i = 0; i < each; i++) queue.push(priority, priority, 1_000)
  }

  test('are dealt out as 16 : 4 : 1 while all wait', () => {
    const queue = queueOf<Priority>()
    flood(queue, 100)
    const counts = [0, 0, 0]
    for (let i = 0; i < 63; i++) counts[queue.shift()!]! += 1
    expect(counts).toEqual([48, 12, 3])
  })

  test('come to what is urgent at once, however long the others have been served', () => {
    const queue = queueOf<string>()
    for (let i = 0; i < 50; i++) queue.push('low', low, 1_000)
    for (let i = 0; i < 20; i++) queue.shift()
    queue.push('high', high, 1_000)
    expect(queue.shift()).toBe('high')
  })

  test('are not saved up by a priority that nobody had', () => {
    const queue = queueOf<string>()
    for (let i = 0; i < 400; i++) queue.push('high', high, 1_000)
    for (let i = 0; i < 300; i++) queue.shift()
    for (let i = 0; i < 50; i++) queue.push('low', low, 1_000)
    const next = Array.from({ length: 34 }, () => queue.shift())
    expect(next.filter((item) => item === 'low').length).toBeLessThanOrEqual(3)
  })

  test('come to everybody: nobody is passed over by more than 20 of other priorities', () => {
    const pushes = fc.array(fc.tuple(fc.constantFrom<Priority>(high, normal, low), fc.nat(3)), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(pushes, (steps) => {
        const queue = queueOf<Priority>()
        const waiting = [0, 0, 0]
        const passedOver = [0, 0, 0]
        for (const [priority, shifts] of steps) {
          queue.push(priority, priority, 1_000)
          waiting[priority]! += 1
          for (let i = 0; i < shifts && queue.depth > 0; i++) {
            const served = queue.shift()!
            waiting[served]! -= 1
            for (const other of [high, normal, low] as const) {
              passedOver[other] = other === served || waiting[other] === 0 ? 0 : passedOver[other]! + 1
              expect(passedOver[other]).toBeLessThanOrEqual(20)
            }
          }
        }
      }),
    )
  })
})

describe('the deadline', () => {
  test('ends a wait, first of what is urgent, then in the order they came', () => {
    const clock = new ManualClock()
    const queue = queueOf<string>({ clock })
    queue.push('late', normal, 3_000)
    queue.push('early', normal, 1_000)
    clock.time = 500
    queue.push('later', normal, 500)
    queue.push('urgent', high, 500)
    expect(queue.expire(999)).toEqual([])
    expect(queue.expire(1_000)).toEqual(['urgent', 'early', 'later'])
    expect(queue.expire(2_999)).toEqual([])
    expect(queue.expire(3_000)).toEqual(['late'])
    expect(queue.depth).toBe(0)
  })
})

describe('controlled delay', () => {
  interface Load {
    readonly comesEvery: number
    readonly servedEvery: number
    /** Nobody is served before. */
    readonly servedFrom?: number
    readonly endsAt?: number
    readonly priorityOf?: (time: number) => Priority
  }
  const stepMs = 10

  /** A queue that allows 100 ms, and those that it took out of it. Items are the times at which they came. */
  const standing = (delayMs = 100, serviceMs = 0) => {
    const clock = new ManualClock()
    const queue = queueOf<number>({ limit: 1_000, delayMs, clock })
    const taken: number[] = []
    const look = (): readonly number[] => {
      const gone = queue.stale(clock.time, serviceMs)
      taken.push(...gone)
      return gone
    }
    const load = (forMs: number, { comesEvery, servedEvery, servedFrom = 0, endsAt = forMs, priorityOf = () => normal }: Load): void => {
      const from = clock.time
      for (let at = 0; at < forMs; at += stepMs) {
        clock.time = from + at
        if (at < endsAt && at % comesEvery === 0) queue.push(clock.time, priorityOf(clock.time), 60_000)
        if (at >= servedFrom && at % servedEvery === 0) queue.shift()
        look()
      }
    }
    return { queue, clock, taken, load, look }
  }

  test('takes out all that have waited too long in a queue that grows', () => {
    const { queue, clock, taken, load } = standing()
    load(1_000, { comesEvery: 10, servedEvery: 30 })
    expect(taken.length).toBeGreaterThan(30)
    expect(drain(queue).every((since) => since >= clock.time - 100)).toBe(true)
  })

  test('takes them out of every priority', () => {
    const { queue, clock, load } = standing()
    load(1_000, { comesEvery: 10, servedEvery: 30, priorityOf: (time) => ((time / stepMs) % 3) as Priority })
    expect(drain(queue).every((since) => since >= clock.time - 100)).toBe(true)
  })

  test('lets a burst pass that is worked off, however long that takes', () => {
    const { queue, taken, load } = standing()
    for (let count = 0; count < 100; count++) queue.push(0, normal, 60_000)
    load(2_000, { comesEvery: 40, servedEvery: 10 })
    expect([taken, queue.depth]).toEqual([[], 0])
  })

  test('lets clients wait that ask again when they are answered', () => {
    const { queue, taken, load } = standing()
    for (let count = 0; count < 60; count++) queue.push(0, normal, 60_000)
    load(5_000, { comesEvery: 10, servedEvery: 10 })
    expect([taken, queue.depth]).toEqual([[], 60])
  })

  test('lets those wait that stood behind a loop that was blocked', () => {
    const { queue, taken, load } = standing()
    load(100, { comesEvery: 20, servedEvery: 20 })
    load(2_000, { comesEvery: 20, servedEvery: 10, servedFrom: 1_000 })
    expect(taken).toEqual([])
    expect(queue.depth).toBeLessThan(10)
  })

  test('ends with the overload', () => {
    const { queue, taken, load } = standing()
    load(1_000, { comesEvery: 10, servedEvery: 30 })
    // From here on more is done than comes.
    load(500, { comesEvery: 20, servedEvery: 10 })
    const during = taken.length
    for (let count = 0; count < 50; count++) queue.push(0, normal, 60_000)
    load(2_000, { comesEvery: 20, servedEvery: 10 })
    expect(taken.length).toBe(during)
  })

  test('allows four times what a request takes', () => {
    const { queue, clock, load } = standing(100, 50)
    load(3_000, { comesEvery: 10, servedEvery: 30 })
    const waited = drain(queue).map((since) => clock.time - since)
    expect(Math.max(...waited)).toBeGreaterThan(150)
    expect(Math.max(...waited)).toBeLessThanOrEqual(200)
  })

  test('of 0 takes out nobody', () => {
    const { taken, load } = standing(0)
    load(3_000, { comesEvery: 10, servedEvery: 30 })
    expect(taken).toEqual([])
  })
})

test('nothing is lost, nothing doubled, and each priority keeps its order', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('push' as const), priority: fc.constantFrom<Priority>(high, normal, low), wait: fc.nat(50) }),
    fc.record({ op: fc.constant('shift' as const) }),
    fc.record({ op: fc.constant('remove' as const), index: fc.nat(30) }),
    fc.record({ op: fc.constant('makeRoom' as const), priority: fc.constantFrom<Priority>(high, normal, low) }),
    fc.record({ op: fc.constant('expire' as const), wait: fc.nat(20) }),
    fc.record({ op: fc.constant('stale' as const), wait: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const clock = new ManualClock()
      const queue = queueOf<number>({ limit: 6, delayMs: 10, clock })
      const everyone: Waiter<number>[] = []
      let model: Waiter<number>[] = []
      const byPriority = (): Waiter<number>[] => model.toSorted((a, b) => a.priority - b.priority || a.item - b.item)
      const takeOut = (gone: readonly number[]): void => {
        model = model.filter(({ item }) => !gone.includes(item))
      }
      for (const one of steps) {
        if (one.op === 'push') {
          const waiter = queue.push(everyone.length, one.priority, one.wait)
          expect(waiter === undefined).toBe(model.length >= 6)
          if (waiter === undefined) continue
          model.push(waiter)
          everyone.push(waiter)
        } else if (one.op === 'shift') {
          const promised = queue.peek()
          const item = queue.shift()
          expect(item).toBe(promised)
          expect(item === undefined).toBe(model.length === 0)
          if (item === undefined) continue
          const { priority } = everyone[item]!
          expect(item).toBe(model.find((waiter) => waiter.priority === priority)!.item)
          takeOut([item])
        } else if (one.op === 'remove') {
          const waiter = everyone[one.index]
          if (waiter === undefined) continue
          queue.remove(waiter)
          takeOut([waiter.item])
        } else if (one.op === 'makeRoom') {
          const item = queue.makeRoom(one.priority)
          expect(item).toBe(byPriority().findLast(({ priority }) => priority > one.priority)?.item)
          if (item !== undefined) takeOut([item])
        } else {
          clock.time += one.wait
          const gone = one.op === 'expire' ? queue.expire(clock.time) : queue.stale(clock.time, 0)
          const isOver = ({ deadline, since }: Waiter<number>): boolean =>
            one.op === 'expire' ? deadline <= clock.time : clock.time - since > 10
          // A queue that does not grow leaves everyone in it; one that does, nobody who is late.
          if (one.op === 'expire' || gone.length > 0) {
            expect(gone).toEqual(
              byPriority()
                .filter(isOver)
                .map(({ item }) => item),
            )
          }
          takeOut(gone)
        }
        expect(queue.depth).toBe(model.length)
        expect(queue.peek() === undefined).toBe(model.length === 0)
      }
    }),
  )
})
