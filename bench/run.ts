import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { Arena } from './arena.ts'
import { cases } from './cases.ts'
import type { CostResult } from './cost-table.ts'
import { describeMachine } from './machine.ts'
import { describeGap } from './outcome.ts'
import { benchmarkPage, withNumbers, type Answered } from './page.ts'
import { progress } from './progress.ts'
import { stopAll } from './serving.ts'
import { suites, type Suite } from './suites.ts'
import { formatTable } from './table.ts'
import { tableOf, type Result } from './tables.ts'
import { requireWrk } from './wrk.ts'

const usage = `npm run bench -- [--only SUITE[,SUITE]] [--short] [--json] [--write]

${suites.map(({ name, question }) => `  --only ${name.padEnd(10)} ${question}`).join('\n')}
  --short           fewer cases, fewer rounds: two minutes in all
  --json            the result as JSON
  --write           write what was measured into docs/benchmarks.md, and the numbers of cost into README.md
`

async function runSuite({ name, question, run }: Suite, short: boolean): Promise<Answered> {
  progress(`${name}: ${question}`)
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-bench-'))
  // However it ends, also by a signal.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const arena = new Arena(folder)
  const results: Result[] = []
  try {
    for await (const result of run(arena, short)) results.push(result)
  } finally {
    await arena.stop()
  }
  return { name, question, results }
}

function write(machine: Record<string, string>, answered: readonly Answered[]): void {
  const page = new URL('../docs/benchmarks.md', import.meta.url)
  const order = suites.map(({ name }) => name)
  writeFileSync(page, benchmarkPage(machine, answered, readFileSync(page, 'utf8'), order))
  progress('written: docs/benchmarks.md')
  const costs = answered.flatMap(({ name, results }) => (name === 'cost' ? results : []))
  if (costs.length === 0) return
  const find = (title: string): CostResult => costs.find((result) => result.title === title) as CostResult
  const shown = { busy: find(cases.browser.name), alone: find(cases.oneConnection.name), large: find(cases.response10m.name) }
  const readme = new URL('../README.md', import.meta.url)
  writeFileSync(readme, withNumbers(readFileSync(readme, 'utf8'), machine, shown))
  progress('written: README.md')
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean' },
      json: { type: 'boolean' },
      write: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (flags.help === true) return void process.stdout.write(usage)
  const names = suites.map(({ name }) => name)
  const only = flags.only?.split(',') ?? names
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`--only names ${unknown}; accepted: ${names.join(', ')}`)
  if (flags.short === true && flags.write === true) throw new Error('--write prints what was measured in full; remedy: leave out --short')
  await requireWrk()

  const answered: Answered[] = []
  for (const suite of suites) if (only.includes(suite.name)) answered.push(await runSuite(suite, flags.short === true))
  // After the run, which may have installed some of what it names.
  const machine = describeMachine()
  const results = answered.flatMap(({ results }) => results)
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ machine, suites: answered }, null, 2)}\n`
      : `${answered.map(({ question, results }) => [question, ...results.map((result) => formatTable(tableOf(result)))].join('\n\n')).join('\n\n\n')}\n`,
  )
  if (flags.write === true) write(machine, answered)
  const failures = results.flatMap(({ gaps }) => gaps.filter(({ ours }) => ours))
  if (failures.length > 0) throw new Error(`evenloop itself failed: ${describeGap(failures[0]!)}`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll().finally(() => process.exit(1)))

main().catch((error: unknown) => {
  progress(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
