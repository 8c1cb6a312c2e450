import { expect, test } from 'vitest'

import { Outlier } from './outlier.ts'

const tuning = { ejectAfter: 3, ejectFor: 1_000 }

const fail = (outlier: Outlier, times: number, now: number): boolean[] => Array.from({ length: times }, () => outlier.failure(now))

test('failures in a row eject it, and only the last of them reports that', () => {
  const outlier = new Outlier(tuning)
  expect(fail(outlier, 3, 100)).toEqual([false, false, true])
  expect(outlier.isEjected(1_099)).toBe(true)
  expect(outlier.isEjected(1_100)).toBe(false)
})

test('a success in between starts the run again', () => {
  const outlier = new Outlier(tuning)
  fail(outlier, 2, 0)
  outlier.success()
  expect(fail(outlier, 3, 0)).toEqual([false, false, true])
})

test('requests that were under way when it was ejected do not make it longer', () => {
  const outlier = new Outlier(tuning)
  fail(outlier, 3, 0)
  expect(fail(outlier, 50, 500)).not.toContain(true)
  expect(outlier.returnsAt).toBe(1_000)
})

test('back on trial, one failure ejects it again and for longer', () => {
  const outlier = new Outlier(tuning)
  fail(outlier, 3, 0)
  expect(outlier.failure(1_000)).toBe(true)
  expect(outlier.returnsAt).toBe(3_000)
})

test('an ejection lasts at most ten times the first', () => {
  const outlier = new Outlier(tuning)
  let now = 0
  for (let round = 0; round < 30; round += 1) {
    fail(outlier, 3, now)
    expect(outlier.returnsAt - now).toBeLessThanOrEqual(10_000)
    now = outlier.returnsAt
  }
  fail(outlier, 1, now)
  expect(outlier.returnsAt - now).toBe(10_000)
})

test('one success ends the trial but not the memory; many successes do', () => {
  const outlier = new Outlier(tuning)
  fail(outlier, 3, 0)
  outlier.success()
  fail(outlier, 3, 1_000)
  expect(outlier.returnsAt).toBe(3_000)
  for (let i = 0; i < 200; i += 1) outlier.success()
  fail(outlier, 3, 10_000)
  expect(outlier.returnsAt).toBe(11_000)
})

test('with no ejection time it is never ejected', () => {
  expect(fail(new Outlier({ ejectAfter: 1, ejectFor: 0 }), 3, 0)).toEqual([false, false, false])
})
