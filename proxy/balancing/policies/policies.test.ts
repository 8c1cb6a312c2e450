import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { policyNames } from '../../../config/schema.ts'
import { endpointsHolding, identity, ManualClock, tuning } from '../../../test/support/endpoints.ts'
import { Endpoint } from '../endpoint.ts'
import { createPolicy } from './create-policy.ts'

// A generator with a seed, so that a failure can be repeated.
function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const create = (name: (typeof policyNames)[number], seed = 1) => createPolicy(name, new ManualClock(), seeded(seed))
const loads = (minLength: number) => fc.array(fc.nat(5), { minLength, maxLength: 8 })
const countOf = (picks: readonly (Endpoint | undefined)[], endpoint: Endpoint): number => picks.filter((pick) => pick === endpoint).length

describe.each(policyNames)('%s', (name) => {
  test('has nobody to give where nobody serves', () => {
    expect(create(name).pick([], 'key')).toBeUndefined()
  })

  test('gives one of those that serve, whoever they are', () => {
    fc.assert(
      fc.property(fc.array(loads(1)), fc.string(), fc.integer(), (rounds, key, seed) => {
        const policy = create(name, seed)
        for (const round of rounds) {
          const serving = endpointsHolding(round)
          expect(serving).toContain(policy.pick(serving, key))
          expect(serving).toContain(policy.pick(serving, undefined))
        }
      }),
    )
  })

  test('gives everyone a share where all are equally busy', () => {
    const serving = endpointsHolding([0, 0, 0, 0])
    const policy = create(name)
    const picks = Array.from({ length: 4_000 }, (_, index) => policy.pick(serving, `client ${index}`))
    for (const endpoint of serving) {
      expect(countOf(picks, endpoint)).toBeGreaterThan(850)
      expect(countOf(picks, endpoint)).toBeLessThan(1_150)
    }
  })
})

describe('least-request', () => {
  test('never gives a busier one than the least busy, in any order', () => {
    fc.assert(
      fc.property(fc.array(loads(1)), (rounds) => {
        const policy = create('least-request')
        for (const round of rounds) expect(policy.pick(endpointsHolding(round), undefined)!.inFlight).toBe(Math.min(...round))
      }),
    )
  })

  test('goes round among those that tie, exactly, wherever they stand', () => {
    fc.assert(
      fc.property(loads(2), (round) => {
        const serving = endpointsHolding(round)
        const tied = serving.filter((endpoint) => endpoint.inFlight === Math.min(...round))
        const policy = create('least-request')
        const picks = Array.from({ length: 3 * tied.length }, () => policy.pick(serving, undefined))
        for (const endpoint of tied) expect(countOf(picks, endpoint)).toBe(3)
      }),
    )
  })

  test('keeps going round while endpoints come and go', () => {
    const policy = create('least-request')
    const [a, b, c] = endpointsHolding([0, 0, 0])
    const picks = [[a!, b!, c!], [a!, b!, c!], [a!, b!, c!], [a!], [a!, b!]].map((serving) => policy.pick(serving, undefined)!.key)
    expect(picks).toEqual(['0', '1', '2', '0', '1'])
  })
})

test('round-robin takes turns, however busy they are', () => {
  const policy = create('round-robin')
  const serving = endpointsHolding([9, 0, 3])
  expect(Array.from({ length: 6 }, () => policy.pick(serving, undefined)!.key)).toEqual(['0', '1', '2', '0', '1', '2'])
})

describe('p2c', () => {
  test('over two never gives the strictly busier', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(5), fc.nat(5)), fc.integer(), (round, seed) => {
        const policy = create('p2c', seed)
        for (let i = 0; i < 20; i += 1) expect(policy.pick(endpointsHolding([...round]), undefined)!.inFlight).toBe(Math.min(...round))
      }),
    )
  })

  test('never gives the busiest of all, for it always draws another', () => {
    fc.assert(
      fc.property(loads(2), fc.integer(), (round, seed) => {
        const serving = endpointsHolding([...round, 100])
        const policy = create('p2c', seed)
        for (let i = 0; i < 20; i += 1) expect(policy.pick(serving, undefined)!.inFlight).toBeLessThan(100)
      }),
    )
  })
})

describe('peak-ewma', () => {
  test('over two gives the one expected to answer sooner', () => {
    const policy = create('peak-ewma')
    const serving = endpointsHolding([0, 0])
    serving[0]!.latency.observe(400, 0)
    serving[1]!.latency.observe(200, 0)
    for (let i = 0; i < 20; i += 1) expect(policy.pick(serving, undefined)!.key).toBe('1')
    serving[1]!.inFlight = 2
    for (let i = 0; i < 20; i += 1) expect(policy.pick(serving, undefined)!.key).toBe('0')
  })

  test('tries one that failed again, in the end', () => {
    const clock = new ManualClock()
    const policy = createPolicy('peak-ewma', clock, seeded(1))
    const serving = endpointsHolding([0, 0])
    const [failed, fast] = [serving[0]!, serving[1]!]
    failed.latency.penalise(0)
    let tries = 0
    for (; clock.time < 180_000; clock.time += 10) {
      fast.latency.observe(0.5, clock.time)
      if (policy.pick(serving, undefined) === failed) tries += 1
    }
    expect(tries).toBeGreaterThan(100)
  })
})

describe('rendezvous', () => {
  const keys = Array.from({ length: 2_000 }, (_, index) => `client-${index}`)
  const homes = (serving: readonly Endpoint[]) => {
    const policy = create('rendezvous')
    return keys.map((key) => policy.pick(serving, key)!)
  }

  test('gives a key the same loop in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.string(), (order, key) => {
        const serving = endpointsHolding([0, 0, 0, 0, 0])
        const policy = create('rendezvous')
        expect(
          policy.pick(
            order.map((index) => serving[index]!),
            key,
          ),
        ).toBe(policy.pick(serving, key))
      }),
    )
  })

  test('a loop that leaves moves its own clients only, and spreads them', () => {
    const serving = endpointsHolding([0, 0, 0, 0, 0])
    const before = homes(serving)
    const gone = serving[2]!
    const after = homes(serving.filter((endpoint) => endpoint !== gone))
    const moved = keys.flatMap((_, index) => (before[index] === gone ? [after[index]!] : []))
    for (const [index, home] of before.entries()) if (home !== gone) expect(after[index]).toBe(home)
    expect(moved.length).toBeGreaterThan(320)
    expect(moved.length).toBeLessThan(480)
    expect(new Set(moved).size).toBe(4)
  })

  test('a successor inherits the clients of its loop', () => {
    const serving = endpointsHolding([0, 0, 0])
    const successor = new Endpoint(identity('1.2.1', { loop: '1' }), tuning, 0)
    const before = homes(serving)
    const after = homes([serving[0]!, successor, serving[2]!])
    expect(after.map((endpoint) => endpoint.loop)).toEqual(before.map((endpoint) => endpoint.loop))
  })

  test('a client without a key goes to the least busy', () => {
    expect(create('rendezvous').pick(endpointsHolding([3, 0, 2]), undefined)!.key).toBe('1')
  })
})
