import { roles } from './contestant.ts'
import { costTable, type CostResult } from './cost-table.ts'
import type { CountingResult } from './measure-counting.ts'
import type { IdleResult } from './measure-idle.ts'
import type { LatencyResult } from './measure-latency.ts'
import type { MixedResult } from './measure-mixed.ts'
import type { OverloadResult } from './measure-overload.ts'
import type { ScrapeResult } from './measure-scrape.ts'
import { countingTable, scrapeTable } from './metrics-tables.ts'
import { mixedTable } from './mixed-table.ts'
import { describeGap } from './outcome.ts'
import { overloadTable } from './overload-table.ts'
import { placing } from './placing.ts'
import type { Table } from './table.ts'

export type Result = CostResult | LatencyResult | IdleResult | CountingResult | ScrapeResult | MixedResult | OverloadResult

export function tableOf(result: Result): Table {
  switch (result.kind) {
    case 'cost':
      return costTable(result)
    case 'latency':
      return latencyTable(result)
    case 'idle':
      return idleTable(result)
    case 'counting':
      return countingTable(result)
    case 'scrape':
      return scrapeTable(result)
    case 'mixed':
      return mixedTable(result)
    case 'overload':
      return overloadTable(result)
  }
}

function latencyTable({ title, rows, gaps, ours }: LatencyResult): Table {
  return {
    title,
    head: ['', 'p50 ms', 'p99 ms', 'p99 of rounds', 'longest ms', 'requests'],
    lines: rows.map(({ line, p50Ms, p99Ms, p99OfRoundsMs: { min, max }, maxMs, requests }) => [
      ...[line, p50Ms.toFixed(2), p99Ms.toFixed(2), `${min.toFixed(2)}–${max.toFixed(2)}`, maxMs.toFixed(2), String(requests)],
    ]),
    notes: [
      ...gaps.map(describeGap),
      placing(
        rows.map(({ line, p99Ms }) => ({ line, cost: p99Ms })),
        ours,
        'smallest p99',
      ),
    ],
  }
}

function idleTable({ title, rows, gaps }: IdleResult): Table {
  const used = roles.filter((role) => rows.some(({ bytes }) => bytes[role] !== undefined))
  const amount = (bytes: number | undefined): string => (bytes === undefined ? '–' : (bytes / 1024).toFixed(1))
  return {
    title,
    head: ['', ...used.map((role) => `${role} KiB`)],
    lines: rows.map(({ line, bytes }) => [line, ...used.map((role) => amount(bytes[role]))]),
    notes: gaps.map(describeGap),
  }
}
