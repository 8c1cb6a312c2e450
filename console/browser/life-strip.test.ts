import { expect, test } from 'vitest'

import { fullOf, stripOf } from './life-strip.ts'

const now = 1_000_000
const span = (from: number, to: number, open: number, begun = 0) => ({ from: now - from * 1_000, to: now - to * 1_000, open, begun })

test('a life that began before the window reaches from edge to edge, one that ended stops there', () => {
  const { lives } = stripOf({ lives: [{ from: now - 90_000, to: now - 15_000 }, { from: now - 12_000 }], spans: [], seenFrom: now }, now, 1)
  expect(lives).toBe('M0 20V0H300V20zM360 20V0H600V20z')
})

test('it is filled as far as tasks were held, and never beyond its height', () => {
  const spans = [span(30, 15, 0.5), span(15, 0, 7)]
  expect(stripOf({ lives: [], spans, seenFrom: 0 }, now, 1).open).toBe('M0 20V10H300V0H600V20z')
})

test('where nothing was told of there is a gap', () => {
  const spans = [span(30, 20, 1), span(10, 0, 1)]
  expect(stripOf({ lives: [], spans, seenFrom: 0 }, now, 1).open).toBe('M0 20V0H200V20zM400 20V0H600V20z')
})

test('a cut for each task that began, none where they cannot be told apart', () => {
  const cuts = (begun: number) => stripOf({ lives: [], spans: [span(15, 0, 1, begun)], seenFrom: 0 }, now, 1).cuts.split('M').length - 1
  expect([cuts(0), cuts(3), cuts(90), cuts(91)]).toEqual([0, 3, 90, 0])
})

test('bars without a limit share a round height that none exceeds', () => {
  const full = (...open: number[]) => fullOf([{ spans: open.map((each) => span(1, 0, each)) }])
  expect([full(), full(0.2), full(1.2), full(5, 3), full(51), full(1_500)]).toEqual([1, 1, 2, 5, 100, 2_000])
})
