import type { CostResult } from './cost-table.ts'
import type { Row } from './summary.ts'
import { formatMarkdown } from './table.ts'
import { tableOf, type Result } from './tables.ts'

export interface Answered {
  readonly name: string
  readonly question: string
  readonly results: readonly Result[]
}

export type Machine = Readonly<Record<string, string>>

/** docs/benchmarks.md, whole. */
export const benchmarkPage = (machine: Machine, suites: readonly Answered[]): string => `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. Every contestant serves the same app with one loop or worker, its answer is
checked first, and a failed request voids its line. Costs are the CPU time per request of every process but the load generator
(user and system time of the whole process tree, a manager's daemon included): medians over rounds in which contestants take
turns, with the smallest and largest total as spread. A ratio is the median of each round's own, since the machine changes more
from round to round than the contestants differ. Requests per second are shown for scale only: on a machine whose cores the
load generator shares they say little. Latencies are counted from when each request was due.

The versions are those that ran:

${Object.entries(machine)
  .map(([name, value]) => `- ${name}: ${value}`)
  .join('\n')}

${suites.map(section).join('\n\n')}
`

const section = ({ name, question, results }: Answered): string =>
  [`## ${question}`, `\`npm run bench -- --only ${name}\``, ...results.map((result) => formatMarkdown(tableOf(result)))].join('\n\n')

/** What the README shows of it. */
export interface Shown {
  readonly busy: CostResult
  readonly alone: CostResult
  readonly large: CostResult
}

const block = /<!-- benchmark: begin -->[\s\S]*<!-- benchmark: end -->/

/** The README with its table replaced, which stands between two comments. */
export function withNumbers(readme: string, machine: Machine, { busy, alone, large }: Shown): string {
  const [bare, proxy] = busy.bases
  const lines = busy.rows.map((row) => {
    const single = rowOf(alone, row.line)
    const big = rowOf(large, row.line)
    const megabytes = big === undefined ? '–' : (big.requestsPerSecond.median * large.megabytes!).toFixed(0)
    return [row.line, cost(row), ratio(row, bare), ratio(row, proxy), cost(single), ratio(single, proxy), megabytes]
  })
  const head = ['', 'µs', `× ${bare}`, `× ${proxy}`, 'µs, 1 connection', `× ${proxy}`, '10 MiB responses, MB/s']
  const table = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...lines]
  const text = [
    '<!-- benchmark: begin -->',
    `CPU time per request of every process but the load generator, for small JSON with eleven browser headers on 64 connections and on`,
    `one (${machine['CPU']}, Node ${machine['Node']}, commit ${machine['Commit']}; a ratio is the median of each round's own):`,
    '',
    ...table.map((line) => `| ${line.join(' | ')} |`),
    ...busy.gaps.map(({ line, reason }) => `\n${line}: not run: ${reason}`),
    '<!-- benchmark: end -->',
  ].join('\n')
  return readme.replace(block, () => text)
}

const rowOf = ({ rows }: CostResult, line: string): Row | undefined => rows.find((row) => row.line === line)
const cost = (row: Row | undefined): string => row?.totalUs.median.toFixed(1) ?? '–'
const ratio = (row: Row | undefined, to: string | undefined): string =>
  row?.ratios.find((each) => each.to === to)?.totalUs.toFixed(2) ?? '–'
