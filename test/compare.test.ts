import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import type { Comparison } from '../lab/compare/comparison.ts'

import { runProgram, startProgram } from './support/program.ts'
import { until } from './support/wait.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-compare-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// Little of everything: whether figures are good is a question for a quiet machine.
const brief = ['--quick', '--seconds', '0.5', '--budget', 'workers=2']

test('a comparison says of every model what it did at each rate, and which one fits', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder()
  const args = ['compare', ...brief, '--workload', 'io', '--models', 'sync-processes,async', '--rates', '10,30']
  const files = [`--json=${join(folder, 'found.json')}`, '--html', join(folder, 'found.html')]
  const { status, stdout, stderr } = await runProgram([...args, ...files])
  expect(status, stderr).toBe(0)
  const found = JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8')) as Comparison
  expect(found).toMatchObject({
    app: 'demo',
    budget: { by: 'workers', workers: 2 },
    stepSeconds: 0.5,
    rates: [10, 30],
    workload: { name: 'io', routes: [{ method: 'GET', path: '/io?ms=50', weight: 1 }] },
    verdict: { ranking: expect.any(Array) as unknown },
  })
  expect(found.models.map(({ model, workers }) => [model, workers])).toEqual([
    ['sync-processes', 2],
    ['async', 1],
  ])
  for (const { steps, capacity, command, holdsMs } of found.models) {
    expect(capacity).toBeGreaterThan(0)
    expect(command).toMatch(/^evenloop start \S+app\.js --model /)
    expect(holdsMs).toHaveLength(1)
    const [first] = steps
    expect(first).toMatchObject({ offered: 10, sent: 5, good: 5, refused: 0, failed: 0 })
    // The route waits for 50 ms: no answer can be there sooner.
    expect(first!.p50Ms).toBeGreaterThanOrEqual(49)
    expect(first!.p99Ms).toBeGreaterThanOrEqual(first!.p50Ms)
    expect(first!.memoryBytes).toBeGreaterThan(20e6)
    expect(first!.voluntarySwitches).toBeGreaterThan(1)
    expect(first!.cpuUs).toBeGreaterThanOrEqual(first!.loopCpuUs!)
  }
  expect(found.models.map(({ model }) => model)).toContain(found.verdict.best)
  expect(stdout).toContain(found.models[0]!.title)
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(found.verdict.sentences[0])
  expect(stderr).toMatch(/1 of 2: what “sync, 2 processes” can take; about \d+ s left\n[^]*2 of 2: “async, 1 loop” at 10 requests\/s/)
  expect(readFileSync(join(folder, 'found.html'), 'utf8')).toMatch(/^<!doctype html>/i)
})

test('Ctrl-C ends what was started, and prints what there is', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'load.json'), '{"routes":[{"path":"/"}]}')
  writeFileSync(join(folder, 'app.js'), 'export default (request, response) => response.end("hello")')
  const args = ['compare', 'app.js', '--workload', 'load.json', ...brief, '--models', 'async,hybrid', '--rates', '10,20,30', '--json']
  const program = startProgram(args, { cwd: folder })
  await until('the second rate of the first model', () => /1 of 2: .* at 20 requests\/s/.test(program.stderr()), 120_000)
  program.process.kill('SIGINT')
  expect(await program.exited).toBe(1)
  const { models, notes, app, workload } = JSON.parse(program.stdout()) as Comparison
  expect(models.map(({ model, steps }) => [model, steps.map(({ offered }) => offered)])).toEqual([['async', [10]]])
  expect([app, workload.name]).toEqual(['app.js', 'load.json'])
  expect(notes!.join(' ')).toContain('ended before its time')
  expect(program.processes()).toEqual([])
})

test('routes that the app does not have are told, not measured', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'app.js'), 'export default (request, response) => { response.statusCode = 404; response.end() }')
  const { status, stderr } = await runProgram(['compare', 'app.js', ...brief, '--models', 'async'], { cwd: folder })
  expect(status).toBe(2)
  expect(stderr).toMatch(/evenloop: GET \/ is answered by 404[^]*--workload FILE\.json/)
})

test.each([
  [['--workload', 'oi'], /--workload is oi, which is no file that can be read; accepted: io, cpu, mixed/],
  [['--budget', 'workers=many'], /--budget is workers=many; accepted: workers=N/],
  [['--html', 'no/such/folder/page.html'], /--html is no\/such\/folder\/page\.html; accepted: a file in a folder that exists/],
  [['--modles', 'async'], /unknown flag --modles; did you mean --models\?/],
  [['one.js', 'two.js'], /"two\.js" is one argument too many/],
])('wrong words are refused before anything is started: %j', async (words, message) => {
  const { status, stderr } = await runProgram(['compare', ...words])
  expect(status).toBe(2)
  expect(stderr).toMatch(message)
})
