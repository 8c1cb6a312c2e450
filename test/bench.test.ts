import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, onTestFinished, test } from 'vitest'

import { cases, held } from '../bench/cases.ts'
import { checkAnswer } from '../bench/check-answer.ts'
import { startClient } from '../load/client/client.ts'
import { contestants } from '../bench/contestants.ts'
import { serve } from '../bench/serving.ts'
import { canRun } from './support/installed.ts'
import { temporaryFolder } from './support/ledger.ts'
import { processesWith } from './support/processes.ts'
import { root } from './support/program.ts'

// Those with packages of their own are installed by the benchmark alone.
const here = contestants.filter(({ needs = [] }) => needs.every((need) => need !== 'peers' && canRun(need, '-v')))

test.each(here)('$name answers every case rightly, and its CPU time is seen by role', async (contestant) => {
  const serving = await serve(contestant, temporaryFolder())
  onTestFinished(() => serving.stop())
  for (const each of Object.values(cases)) await checkAnswer(serving.url, each)
  const times = serving.cpuMs()
  expect(times.get('loop')).toBeGreaterThan(0)
  expect(times.has('balancer')).toBe(contestant.name !== 'bare Fastify')
})

test('the app is served by the same Fastify whether or not the rivals are installed beside it', () => {
  const read = (path: string): { version: string; dependencies: Record<string, string> } =>
    JSON.parse(readFileSync(join(root, path), 'utf8'))
  expect(read('bench/peers/package.json').dependencies['fastify']).toBe(read('node_modules/fastify/package.json').version)
})

test('a client counts what is answered, holds its connections and notes a latency for each request that was due', async () => {
  const serving = await serve(contestants[0]!, temporaryFolder())
  onTestFinished(() => serving.stop())
  const client = startClient(`${serving.url}${held(10).path}`)
  onTestFinished(() => client.close())
  expect((await client.obey({ do: 'open', connections: 10 })).connections).toBe(10)
  expect((await client.obey({ do: 'load', seconds: 0.1 })).requests).toBeGreaterThanOrEqual(10)
  // Where answers are late it opens further ones, as more visitors would.
  const arrived = await client.obey({ do: 'arrive', rate: 200, seconds: 0.2 })
  expect(arrived.latenciesMs).toHaveLength(40)
  expect((await client.obey({ do: 'open', connections: 10 })).connections).toBe(arrived.connections)
})

test('a client reports an answer that is not 200 as a failure', async () => {
  const serving = await serve(contestants[0]!, temporaryFolder())
  onTestFinished(() => serving.stop())
  const client = startClient(`${serving.url}/nowhere`)
  onTestFinished(() => client.close())
  await expect(client.obey({ do: 'open', connections: 1 })).rejects.toThrow('HTTP/1.1 404')
})

test.skipIf(!canRun('sh', '-c', 'command -v wrk'))('a short run prints a table, and leaves no process behind', async () => {
  const mark = randomUUID()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'bench/run.ts', '--only', 'http-lane', '--short', '--json'],
    { cwd: root, env: { ...process.env, BENCH_MARK: mark } },
  )
  const { suites } = JSON.parse(stdout) as {
    suites: { results: { rows: { line: string; ratios: { totalUs: number }[] }[]; gaps: unknown[] }[] }[]
  }
  const { rows, gaps } = suites[0]!.results[0]!
  expect(gaps).toEqual([])
  expect(rows.map(({ line }) => line)).toEqual(['minimal http-proxy', 'evenloop http lane'])
  expect(rows[0]!.ratios[0]!.totalUs).toBe(1)
  expect(processesWith('BENCH_MARK', mark)).toEqual([])
})
