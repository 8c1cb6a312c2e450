import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { VirtualTime } from './virtual-time.ts'

describe('virtual time', () => {
  it('lets things happen in the order of their times, and of their asking where these are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const time = new VirtualTime()
        const happened: { readonly at: number; readonly asked: number }[] = []
        times.forEach((at, asked) => time.at(at, { happen: () => happened.push({ at: time.now(), asked }) }))
        time.run(20)
        const expected = times.map((at, asked) => ({ at, asked })).sort((a, b) => a.at - b.at || a.asked - b.asked)
        expect(happened).toEqual(expected)
      }),
    )
  })

  it('stops at the end, and goes on from there', () => {
    const time = new VirtualTime()
    const seen: number[] = []
    time.every(10, () => seen.push(time.now()))
    time.run(25)
    expect(time.now()).toBe(25)
    time.run(40)
    expect(seen).toEqual([10, 20, 30, 40])
  })

  it('counts what is asked for in the middle of something else from then', () => {
    const time = new VirtualTime()
    const seen: number[] = []
    time.later(5, () => time.later(0, () => seen.push(time.now())))
    time.run(5)
    expect(seen).toEqual([5])
  })
})
