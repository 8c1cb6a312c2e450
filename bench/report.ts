import { roles, type Role } from './contestants.ts'

/** One contestant in one round of one case. */
export interface Sample {
  readonly contestant: string
  readonly case: string
  readonly round: number
  readonly requestsPerSecond: number
  /** CPU time per request in microseconds, by role. */
  readonly cpuUs: Readonly<Partial<Record<Role, number>>>
}

interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Row {
  readonly case: string
  readonly contestant: string
  readonly rounds: number
  readonly requestsPerSecond: Spread
  readonly cpuUs: Readonly<Partial<Record<Role, Spread>>>
  readonly totalUs: Spread
  /**
   * The total against that of the case's first contestant: the median of each round's own ratio, since what else the
   * machine does changes from round to round more than the contestants differ.
   */
  readonly ratio: number
}

/** Medians over rounds, in the order in which contestants and cases first appear. */
export function summarize(samples: readonly Sample[]): Row[] {
  const first = new Map<string, Sample>()
  for (const sample of samples) {
    const round = roundOf(sample)
    if (!first.has(round)) first.set(round, sample)
  }
  return groupBy(samples, (sample) => `${sample.case}\n${sample.contestant}`).map((group) => {
    const { case: name, contestant } = group[0]!
    const used = roles.filter((role) => group.some(({ cpuUs }) => cpuUs[role] !== undefined))
    return {
      case: name,
      contestant,
      rounds: group.length,
      requestsPerSecond: spread(group.map((sample) => sample.requestsPerSecond)),
      cpuUs: Object.fromEntries(used.map((role) => [role, spread(group.map(({ cpuUs }) => cpuUs[role] ?? 0))])),
      totalUs: spread(group.map(totalOf)),
      ratio: spread(group.map((sample) => totalOf(sample) / totalOf(first.get(roundOf(sample))!))).median,
    }
  })
}

const roundOf = (sample: Sample): string => `${sample.case}\n${sample.round}`

const totalOf = ({ cpuUs }: Sample): number => roles.reduce((sum, role) => sum + (cpuUs[role] ?? 0), 0)

/** In the order in which each key first appears. (Map.groupBy needs Node 21.) */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

const heads = ['', ...roles.map((role) => `${role} µs`), 'total µs', 'spread', 'ratio', 'requests/s'] as const

const cells = (row: Row): string[] => [
  row.contestant,
  ...roles.map((role) => row.cpuUs[role]?.median.toFixed(1) ?? '–'),
  row.totalUs.median.toFixed(1),
  `${row.totalUs.min.toFixed(1)}–${row.totalUs.max.toFixed(1)}`,
  row.ratio.toFixed(2),
  Math.round(row.requestsPerSecond.median).toString(),
]

/** CPU time per request for people, a table for each case. */
export function formatTables(rows: readonly Row[]): string {
  return groupBy(rows, (row) => row.case)
    .map((group) => {
      const name = group[0]!.case
      const lines = [[...heads], ...group.map(cells)]
      const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
      const format = (line: readonly string[]): string =>
        line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')
      return [name, ...lines.map(format)].join('\n')
    })
    .join('\n\n')
}

/** The same as Markdown. */
export function formatMarkdown(rows: readonly Row[]): string {
  return groupBy(rows, (row) => row.case)
    .map((group) => {
      const name = group[0]!.case
      const lines = [heads, heads.map((_, column) => (column === 0 ? '---' : '---:')), ...group.map(cells)]
      return [`## ${name}`, '', ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n')
    })
    .join('\n\n')
}
