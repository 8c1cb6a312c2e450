import { expect, test } from 'vitest'

import type { CostResult } from './cost-table.ts'
import { summarizeLatencies } from './measure-latency.ts'
import { benchmarkPage, withNumbers } from './page.ts'
import { summarize, type Sample } from './summary.ts'
import { formatMarkdown, formatTable } from './table.ts'
import { tableOf } from './tables.ts'

const sample = (line: string, balancer: number | undefined, loop: number): Sample => ({
  table: 'GET',
  line,
  round: 0,
  requestsPerSecond: 100,
  cpuUs: balancer === undefined ? { loop } : { balancer, loop },
})

const bases = ['bare Fastify', 'nginx']
const result: CostResult = {
  kind: 'cost',
  title: 'GET',
  bases,
  megabytes: 10,
  rows: summarize([sample('bare Fastify', undefined, 20), sample('nginx', 20, 20), sample('evenloop link', 15, 10)], bases),
  gaps: [{ line: 'HAProxy', reason: 'haproxy is not installed', ours: false }],
  ours: ['evenloop link'],
}

test('the table for people is aligned and compares with a bare app and with nginx', () => {
  const [title, head, ...rest] = formatTable(tableOf(result)).split('\n')
  expect(title).toBe('GET')
  expect(head!.trim().split(/ {2,}/)).toEqual([
    ...['balancer µs', 'loop µs', 'total µs', 'spread', '× bare Fastify', '× nginx', 'requests/s', 'MB/s'],
    ...['MB/s × bare Fastify', 'MB/s × nginx'],
  ])
  expect(rest[2]!.trim().split(/ {2,}/)).toEqual([
    'evenloop link',
    '15.0',
    '10.0',
    '25.0',
    '25.0–25.0',
    '1.25',
    '0.63',
    '100',
    '1000',
    '1.00',
    '1.00',
  ])
  expect(new Set([head, ...rest.slice(0, 3)].map((line) => line!.length)).size).toBe(1)
})

test('it says below who could not run, and where we come', () => {
  expect(formatTable(tableOf(result))).toContain(
    'HAProxy: not run: haproxy is not installed\nRounds: 1.\nBest (least CPU time per request): bare Fastify; evenloop link is 2nd of 3.',
  )
})

test('a case in which nobody ran says so, without a table', () => {
  expect(formatMarkdown(tableOf({ ...result, rows: [], gaps: [] }))).toBe('### GET\n\nNothing was measured.')
})

test('percentiles of latencies are of all rounds together, and their spread is of the rounds', () => {
  const row = summarizeLatencies('nginx', [Array.from({ length: 99 }, () => 1), [2, 2, 9]])
  expect(row).toEqual({ line: 'nginx', requests: 102, p50Ms: 1, p99Ms: 2, p99OfRoundsMs: { median: 5, min: 1, max: 9 }, maxMs: 9 })
})

const machine = { CPU: 'a CPU', Node: 'v1', Commit: 'abc' }

test('a page keeps what was not measured anew, in the order of the suites, with its commit', () => {
  const answered = (name: string) => ({ name, question: `What of ${name}?`, results: [result] })
  const order = ['cost', 'idle', 'mixed']
  const first = benchmarkPage(machine, [answered('idle'), answered('mixed')], '', order)
  const second = benchmarkPage({ ...machine, Commit: 'def' }, [answered('cost'), answered('idle')], first, order)
  expect(second.match(/^## .*$/gm)).toEqual(['## What of cost?', '## What of idle?', '## What of mixed?'])
  expect(second.match(/^`npm run .*$/gm)).toEqual([
    '`npm run bench -- --only cost` at commit def',
    '`npm run bench -- --only idle` at commit def',
    '`npm run bench -- --only mixed` at commit abc',
  ])
  expect(benchmarkPage({ ...machine, Commit: 'def' }, [], second, order)).toBe(second)
})

test('the page has the machine, every question and every table', () => {
  const page = benchmarkPage(machine, [{ name: 'cost', question: 'What does it cost?', results: [result] }], '', ['cost'])
  expect(page).toContain('- CPU: a CPU\n- Node: v1\n- Commit: abc')
  expect(page).toContain('## What does it cost?')
  expect(page).toContain('| nginx | 20.0 | 20.0 | 40.0 | 40.0–40.0 | 2.00 | 1.00 | 100 | 1000 | 1.00 | 1.00 |')
})

test('in the README only what stands between the two comments is replaced', () => {
  const readme = 'before $& <!-- benchmark: begin -->old<!-- benchmark: end --> after'
  const fresh = withNumbers(readme, machine, { busy: result, alone: { ...result, rows: [] }, large: result })
  expect(fresh).toMatch(/^before \$& <!-- benchmark: begin -->[\s\S]*<!-- benchmark: end --> after$/)
  expect(fresh).toContain('| evenloop link | 25.0 | 1.25 | 0.63 | – | – | 1000 |')
  expect(fresh).toContain('HAProxy: not run: haproxy is not installed')
  expect(fresh).not.toContain('old')
})
