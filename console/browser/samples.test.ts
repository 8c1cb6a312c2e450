import { expect, test } from 'vitest'

import { Samples } from './samples.ts'

const sample = (at: number, values: Record<string, number>) => ({ at, values: new Map(Object.entries(values)) })

test('statuses of one second are one sample, the last of them', () => {
  const samples = new Samples()
  expect(samples.add(sample(1_000, { a: 1 }))).toBe(true)
  expect(samples.add(sample(1_500, { a: 2 }))).toBe(false)
  expect(samples.add(sample(2_000, { a: 3 }))).toBe(true)
  expect([samples.at, samples.series('a')]).toEqual([
    [1_000, 2_000],
    [2, 3],
  ])
})

test('a series has gaps where it was not there', () => {
  const samples = new Samples()
  samples.add(sample(1_000, { a: 1 }))
  samples.add(sample(2_000, { b: 2 }))
  samples.add(sample(3_000, { a: 3, b: 3 }))
  expect([samples.series('a'), samples.series('b'), samples.series('c')]).toEqual([[1, null, 3], [null, 2, 3], undefined])
})

test('keeps so many and forgets series that have gone, however long it runs', () => {
  const samples = new Samples(600)
  for (let second = 0; second < 7_200; second++)
    samples.add(sample(second * 1_000, { all: second, [`loop ${Math.floor(second / 10)}`]: 1 }))
  expect([samples.at.length, samples.at[0], samples.series('all')?.length]).toEqual([600, 6_600_000, 600])
  expect([...samples.names()].length).toBe(61)
})

test('what the supervisor remembers comes before what was seen since', () => {
  const samples = new Samples()
  samples.add(sample(3_000, { a: 30 }))
  samples.add(sample(4_000, { a: 40 }))
  samples.recall([sample(1_000, { a: 1 }), sample(2_000, { a: 2 }), sample(3_100, { a: 3 })])
  expect([samples.at, samples.series('a')]).toEqual([
    [1_000, 2_000, 3_100, 4_000],
    [1, 2, 3, 40],
  ])
})

test('without memories nothing is lost', () => {
  const samples = new Samples()
  samples.add(sample(3_000, { a: 30 }))
  samples.recall([])
  expect(samples.series('a')).toEqual([30])
})
