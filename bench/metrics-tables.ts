import { roles } from './contestant.ts'
import type { CountingResult } from './measure-counting.ts'
import type { ScrapeResult } from './measure-scrape.ts'
import { describeGap } from './outcome.ts'
import type { Table } from './table.ts'

export function countingTable({ title, rows }: CountingResult): Table {
  const share = (nanoseconds: number, perSecond: number): number => (nanoseconds * perSecond) / 1e7
  const percent = (value: number): string => `${value.toFixed(3)} %`
  const all = rows.reduce((sum, { nanoseconds, perSecond }) => sum + share(nanoseconds, perSecond), 0)
  return {
    title,
    head: ['', 'µs each', 'a second', 'share of one CPU'],
    lines: [
      ...rows.map(({ line, nanoseconds, perSecond }) => [
        ...[line, (nanoseconds / 1000).toFixed(3), perSecond.toLocaleString('en'), percent(share(nanoseconds, perSecond))],
      ]),
      ['all of it', '', '', percent(all)],
    ],
    notes: [],
  }
}

export function scrapeTable({ title, rows, gaps }: ScrapeResult): Table {
  const used = roles.filter((role) => rows.some(({ cpuMs }) => cpuMs[role] !== undefined))
  return {
    title,
    head: ['', 'median ms', 'longest ms', ...used.map((role) => `${role} CPU ms`), 'KiB'],
    lines: rows.map(({ line, medianMs, longestMs, cpuMs, bytes }) => [
      ...[line, medianMs.toFixed(1), longestMs.toFixed(1), ...used.map((role) => (cpuMs[role] ?? 0).toFixed(1)), (bytes / 1024).toFixed(0)],
    ]),
    notes: gaps.map(describeGap),
  }
}
