import { roles } from './contestant.ts'
import { describeGap, type Outcome } from './outcome.ts'
import { placing } from './placing.ts'
import type { Row } from './summary.ts'
import type { Table } from './table.ts'

export interface CostResult extends Outcome {
  readonly kind: 'cost'
  readonly title: string
  readonly bases: readonly string[]
  /** MB that a request moves, where throughput is worth showing. */
  readonly megabytes?: number
  readonly rows: readonly Row[]
  /** Whose place is said below the table. */
  readonly ours: readonly string[]
}

/** CPU time per request, by role and in total, beside what it is compared with. */
export function costTable({ title, bases, megabytes, rows, gaps, ours }: CostResult): Table {
  const used = roles.filter((role) => rows.some(({ cpuUs }) => cpuUs[role] !== undefined))
  const compared = bases.filter((to) => rows.some(({ ratios }) => ratios.some((ratio) => ratio.to === to)))
  const cells = (row: Row): string[] => {
    const ratios = compared.map((to) => row.ratios.find((ratio) => ratio.to === to))
    const speed = megabytes === undefined ? [] : [(row.requestsPerSecond.median * megabytes).toFixed(0)]
    const relative = megabytes === undefined ? [] : ratios.map((ratio) => ratio?.requestsPerSecond.toFixed(2) ?? '–')
    return [
      row.line,
      ...used.map((role) => row.cpuUs[role]?.median.toFixed(1) ?? '–'),
      row.totalUs.median.toFixed(1),
      `${row.totalUs.min.toFixed(1)}–${row.totalUs.max.toFixed(1)}`,
      ...ratios.map((ratio) => ratio?.totalUs.toFixed(2) ?? '–'),
      Math.round(row.requestsPerSecond.median).toString(),
      ...speed,
      ...relative,
    ]
  }
  return {
    title,
    head: [
      ...['', ...used.map((role) => `${role} µs`), 'total µs', 'spread', ...compared.map((to) => `× ${to}`), 'requests/s'],
      ...(megabytes === undefined ? [] : ['MB/s', ...compared.map((to) => `MB/s × ${to}`)]),
    ],
    lines: rows.map(cells),
    notes: [
      ...gaps.map(describeGap),
      ...(rows.length === 0 ? [] : [`Rounds: ${rows[0]!.rounds}.`]),
      ...(ours.length === 0
        ? []
        : [
            placing(
              rows.map(({ line, totalUs }) => ({ line, cost: totalUs.median })),
              ours,
              'least CPU time per request',
            ),
          ]),
    ],
  }
}
