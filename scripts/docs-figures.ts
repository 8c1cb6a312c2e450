// `npm run docs:figures [io cpu mixed]`: measures what the lesson shows with `evenloop compare`, some minutes for each workload, into docs/figures, and
// writes the tables. On a quiet machine, at a commit: figures say of which one they are.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { commit } from '../bench/machine.ts'
import type { Comparison } from '../lab/compare/comparison.ts'
import { workloads } from './lesson/figures.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => workloads.every((workload) => workload !== name))
if (unknown.length > 0) throw new Error(`no workload of the lesson: ${unknown.join(', ')}; accepted: ${workloads.join(', ')}`)

// Before the first file makes a change of its own.
const measuredAt = commit()

for (const name of asked.length > 0 ? asked : workloads) {
  const file = `docs/figures/${name}.json`
  run('dist/cli/main.js', 'compare', '--workload', name, `--json=${file}`)
  const comparison = JSON.parse(readFileSync(`${cwd}${file}`, 'utf8')) as Comparison
  writeFileSync(`${cwd}${file}`, `${JSON.stringify({ commit: measuredAt, ...comparison }, null, 2)}\n`)
}
run('--import', 'tsx', 'scripts/docs-lesson.ts')

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}
