import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { checkAnswer } from './check-answer.ts'
import { cases, contestants, suites, type Case, type Suite } from './contestants.ts'
import { describeMachine } from './machine.ts'
import { formatMarkdown, formatTables, summarize, type Row, type Sample } from './report.ts'
import { serve, type Serving } from './serving.ts'
import { load, requireWrk } from './wrk.ts'

const usage = `npm run bench -- [--only SUITE] [--short] [--json] [--write]

  --only SUITE  one of: ${suites.join(', ')}
  --short       fewer and shorter rounds
  --json        the result as JSON
  --write       write docs/benchmarks.md and the numbers in README.md too
`

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

/** How long and how often; rounds of contestants alternate, so that what else the machine does hits all alike. */
const plan = flags.short === true ? { rounds: 3, seconds: 2, warmup: 2 } : { rounds: 13, seconds: 4, warmup: 6 }

const say = (text: string): void => void process.stderr.write(`${text}\n`)

async function measure(serving: Serving, each: Case, round: number): Promise<Sample> {
  const before = serving.cpuMs()
  const { requests, seconds } = await load(serving.url, each, plan.seconds)
  const after = serving.cpuMs()
  const cpuUs = Object.fromEntries([...after].map(([role, ms]) => [role, ((ms - (before.get(role) ?? 0)) * 1000) / requests]))
  return { contestant: serving.contestant.name, case: each.name, round, requestsPerSecond: requests / seconds, cpuUs }
}

async function runSuite(suite: Suite): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-bench-'))
  const serving: Serving[] = []
  const samples: Sample[] = []
  try {
    for (const contestant of contestants.filter((each) => each.suite === suite)) serving.push(await serve(contestant, folder))
    for (const each of cases) {
      say(`${suite}: ${each.name}`)
      for (const one of serving) {
        await checkAnswer(one, each)
        await load(one.url, each, plan.warmup)
      }
      for (let round = 0; round < plan.rounds; round += 1) {
        const order = round % 2 === 0 ? serving : serving.toReversed()
        for (const one of order) samples.push(await measure(one, each, round))
      }
    }
  } finally {
    for (const one of serving) await one.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  // Summaries list contestants in their own order, whoever went first in a round.
  const position = (name: string): number => contestants.findIndex((each) => each.name === name)
  return summarize(samples.toSorted((a, b) => position(a.contestant) - position(b.contestant)))
}

function writePage(machine: Record<string, string>, rows: readonly Row[]): void {
  const text = `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. CPU time per request of every process but the load generator
(user and system time of the whole process tree), the median over ${rows[0]?.rounds ?? 0} rounds in which contestants take turns, with the
smallest and largest total as spread; the ratio is the median of each round's own. 64 keep-alive connections of wrk; each contestant's answer is checked first and
any failed request voids the run. Requests per second are shown for scale only: on a machine whose cores the load
generator shares they say little.

${Object.entries(machine)
  .map(([name, value]) => `- ${name}: ${value}`)
  .join('\n')}

${formatMarkdown(rows)}
`
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), text)
  const readme = new URL('../README.md', import.meta.url)
  writeFileSync(readme, withNumbers(readFileSync(readme, 'utf8'), machine, rows))
  say('written: docs/benchmarks.md and README.md')
}

/** The README with its table replaced, which stands between two comments. */
function withNumbers(readme: string, machine: Record<string, string>, rows: readonly Row[]): string {
  const table = rows
    .toSorted((a, b) => a.case.localeCompare(b.case))
    .map(({ case: name, contestant, totalUs, ratio }) => `| ${name} | ${contestant} | ${totalUs.median.toFixed(1)} | ${ratio.toFixed(2)} |`)
  const block = [
    '<!-- benchmark: begin -->',
    `CPU time per request, all processes but the load generator (${machine['CPU']}, Node ${machine['Node']}, commit ${machine['Commit']});\nthe ratio is the median of each round's own, since the machine changes more from round to round than the contestants differ:`,
    '',
    '| case | | total µs | ratio |',
    '| --- | --- | ---: | ---: |',
    ...table,
    '<!-- benchmark: end -->',
  ]
  return readme.replace(/<!-- benchmark: begin -->[\s\S]*<!-- benchmark: end -->/, block.join('\n'))
}

async function main(): Promise<void> {
  if (flags.help === true) return void process.stdout.write(usage)
  const only = flags.only as Suite | undefined
  if (only !== undefined && !suites.includes(only)) throw new Error(`--only is ${only}; accepted: ${suites.join(', ')}`)
  await requireWrk()
  const machine = describeMachine()
  const rows: Row[] = []
  for (const suite of suites) if (only === undefined || only === suite) rows.push(...(await runSuite(suite)))
  process.stdout.write(flags.json === true ? `${JSON.stringify({ machine, rows }, null, 2)}\n` : `${formatTables(rows)}\n`)
  if (flags.write === true) writePage(machine, rows)
}

main().catch((error: unknown) => {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
