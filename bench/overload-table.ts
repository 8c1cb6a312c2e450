import type { Crowd, OverloadResult, OverloadRow } from './measure-overload.ts'
import { describeGap } from './outcome.ts'
import type { Table } from './table.ts'

const names: Record<Crowd, string> = {
  none: 'three times the capacity',
  slow: 'and 100 slow clients',
  greedy: 'and a greedy client with 100 connections',
}

/** The share of its capacity that a cluster is asked to keep up in overload. */
const asked = 0.9

/** What is left of a cluster's capacity in overload, and for whom. */
export function overloadTable({ title, rows, gaps, deadlineMs }: OverloadResult): Table {
  return {
    title,
    head: ['', 'capacity /s', 'good /s', 'share', 'refused /s', 'failed', 'p50 ms', 'p99 ms', 'not served from 1 s after the end on'],
    lines: rows.map((row) => [
      ...[names[row.crowd], row.capacity.toFixed(0), row.goodput.toFixed(0), shareOf(row).toFixed(2), row.refusedPerSecond.toFixed(0)],
      ...[String(row.failed), row.p50Ms.toFixed(0), row.p99Ms.toFixed(0), String(row.lateRefusals)],
    ]),
    notes: [
      ...gaps.map(describeGap),
      ...rows.map((row) => {
        const met = shareOf(row) >= asked && row.p99Ms <= deadlineMs && row.failed === 0 && row.lateRefusals === 0
        return `${names[row.crowd]}: asked: a share of at least ${asked}, p99 within ${deadlineMs} ms, no failure, and nobody refused from a second after the end on: ${met ? 'met' : 'missed'}.`
      }),
    ],
  }
}

const shareOf = ({ goodput, capacity }: OverloadRow): number => goodput / capacity
