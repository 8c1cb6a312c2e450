import type { MixedResult } from './measure-mixed.ts'
import type { MixedRow } from './mixed-summary.ts'
import { describeGap } from './outcome.ts'
import type { Table } from './table.ts'
import { verdict } from './verdict.ts'

/** Latencies of the two kinds of requests, and how ours stand beside the others'. */
export function mixedTable({ title, rows, gaps, asked }: MixedResult): Table {
  const blocks = rows.some(({ blocking }) => blocking !== undefined)
  const ms = (value: number | undefined): string => value?.toFixed(1) ?? '–'
  const cells = ({ line, light, blocking, p99WithLearning, cpuUs, requests, rounds }: MixedRow): string[] => {
    const p99s = rounds.map((round) => round.light)
    return [
      ...[line, ms(light.p50), ms(light.p99), `${ms(Math.min(...p99s))}–${ms(Math.max(...p99s))}`, ms(light.p999), ms(light.max)],
      ...(blocks ? [ms(p99WithLearning), ms(blocking?.p50), ms(blocking?.p99)] : []),
      ...[cpuUs.toFixed(0), String(requests)],
    ]
  }
  return {
    title,
    head: [
      ...['', 'p50 ms', 'p99 ms', 'p99 of rounds', 'p99.9 ms', 'longest ms'],
      ...(blocks ? ['p99 with learning', 'blocking p50 ms', 'blocking p99 ms'] : []),
      ...['CPU µs', 'requests'],
    ],
    lines: rows.map(cells),
    notes: [...gaps.map(describeGap), ...asked.flatMap((each) => verdict(each, rows) ?? [])],
  }
}
