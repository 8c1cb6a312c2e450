import { expect, test } from 'vitest'

import type { OverloadRow } from './measure-overload.ts'
import { overloadTable } from './overload-table.ts'

const fine: OverloadRow = {
  crowd: 'none',
  capacity: 400,
  goodput: 380,
  refusedPerSecond: 800,
  failed: 0,
  p50Ms: 500,
  p99Ms: 600,
  lateRefusals: 0,
}
const notesOf = (row: OverloadRow): readonly string[] =>
  overloadTable({ kind: 'overload', title: 'overload', rows: [row], gaps: [], deadlineMs: 10_000 }).notes

test('a cluster that goes on at its capacity has done as asked', () => {
  expect(notesOf(fine)).toEqual([expect.stringMatching(/: met\.$/)])
})

test.each([
  ['does less', { goodput: 300 }],
  ['answers after the deadline', { p99Ms: 12_000 }],
  ['fails requests', { failed: 1 }],
  ['refuses somebody long after the end', { lateRefusals: 1 }],
])('one that %s has not', (_what, wrong) => {
  expect(notesOf({ ...fine, ...wrong })).toEqual([expect.stringMatching(/: missed\.$/)])
})

test('its line says what was left, and of what', () => {
  const { lines, head } = overloadTable({ kind: 'overload', title: 'overload', rows: [fine], gaps: [], deadlineMs: 10_000 })
  expect(lines).toEqual([['three times the capacity', '400', '380', '0.95', '800', '0', '500', '600', '0']])
  expect(lines[0]).toHaveLength(head.length)
})
