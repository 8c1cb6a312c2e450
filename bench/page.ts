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

/**
 * docs/benchmarks.md, whole. A suite that was not run keeps what the page said of it, with the commit at which that was measured.
 * @param before the page as it was
 * @param order the names of all suites
 */
export function benchmarkPage(machine: Machine, suites: readonly Answered[], before: string, order: readonly string[]): string {
  const fresh = new Map(suites.map((suite) => [suite.name, section(suite, machine['Commit']!)]))
  const kept = new Map(
    before.split(/^(?=## )/m).flatMap((text) => {
      const name = commandLine.exec(text)?.[1]
      return name === undefined ? [] : [[name, text.trimEnd()] as const]
    }),
  )
  return `${preamble(machine)}${order.flatMap((name) => fresh.get(name) ?? kept.get(name) ?? []).join('\n\n')}\n`
}

const commandLine = /^`npm run bench -- --only ([\w-]+)`/m

const preamble = (machine: Machine): string => `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. Every contestant serves the same app with one loop or worker unless the
table says how many, its answer is checked first, and a failed request voids its line. Costs are the CPU time per request of every process but the load generator
(user and system time of the whole process tree, a manager's daemon included): medians over rounds in which contestants take
turns, with the smallest and largest total as spread. A ratio is the median of each round's own, since the machine changes more
from round to round than the contestants differ. Requests per second are shown for scale only: on a machine whose cores the
load generator shares they say little. Latencies are counted from when each request was due.

Where requests hold their loop, they do so without using CPU: so a few cores show what eight held loops do to the others. All
contestants get the same requests in the same order. The first two seconds are not counted, except in "p99 with learning": the
first round after a start, from the first request that could block on.

The versions are those of the last run; each question says the commit at which it was asked:

${Object.entries(machine)
  .map(([name, value]) => `- ${name}: ${value}`)
  .join('\n')}

`

const section = ({ name, question, results }: Answered, commit: string): string =>
  [
    `## ${question}`,
    `\`npm run bench -- --only ${name}\` at commit ${commit}`,
    ...results.map((result) => formatMarkdown(tableOf(result))),
  ].join('\n\n')

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
