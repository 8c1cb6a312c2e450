import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import type { Advice } from '../lab/advise/advice.ts'

import { startCluster } from './support/cluster.ts'
import { root, startProgram } from './support/program.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const app = join(root, 'test/fixtures/known-app.js')
const folder = mkdtempSync(join(tmpdir(), 'advise-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inFolder = (name: string): string => join(folder, name)

describe('evenloop advise', () => {
  it('measures an app, recommends a cluster, and runs it', { timeout: 240_000 }, async () => {
    const routes = [
      { path: '/io?ms=20', weight: 4 },
      { path: '/block?ms=30', weight: 1 },
    ]
    writeFileSync(inFolder('routes.json'), JSON.stringify({ routes }))
    const args = ['--workload', inFolder('routes.json'), '--quick', '--seconds', '1', '--rate', '20']
    const program = startProgram(['advise', app, ...args, `--json=${inFolder('advice.json')}`, '--html', inFolder('advice.html')])
    expect(await program.exited).toBe(0)

    const { findings, recommendation, measured, command, sentences } = JSON.parse(readFileSync(inFolder('advice.json'), 'utf8')) as Advice
    const [io, block] = findings.routes
    // No more than what is certain on any machine: what waits is not held, and what holds is held for as long as it was asked to.
    expect(io!.waitMs).toBeGreaterThan(io!.heldMs)
    expect(block!.cpuMs + block!.heldMs).toBeGreaterThan(29)
    expect(findings.syncWorkers.map(({ workers }) => workers)).toEqual([1, 2, 4])
    expect(recommendation.goal.rate).toBe(20)
    expect(measured!.good).toBeGreaterThan(0)
    expect(command).toContain(`evenloop start ${app} --model ${recommendation.setup.model}`)

    expect(program.stdout()).toContain(sentences[0])
    expect(program.stdout()).toContain('The recommendation, predicted and measured')
    expect(program.stderr()).toContain('GET /block?ms=30: what one request asks for')
    expect(readFileSync(inFolder('advice.html'), 'utf8')).toContain('the law of scalability')
    await until('all that it started to be gone', () => program.processes().length === 0)
  })

  it('observes a running cluster, and starts none', { timeout: 120_000 }, async () => {
    const cluster = await startCluster({ app, args: ['--loops', '2'] })
    const load = steadyLoad(cluster.url, ['/io?ms=5', '/io?ms=5', '/block?ms=20'])
    await cluster.waitFor('both routes', ({ routes }) => routes.length >= 2)
    const program = startProgram(['advise', '--observe', '--admin', cluster.adminUrl, '--seconds', '3', '--json'])
    expect(await program.exited).toBe(0)
    await load.finish()

    const { findings, recommendation, measured } = JSON.parse(program.stdout()) as Advice
    const held = (name: string): number => {
      const { cpuMs, heldMs } = findings.routes.find((route) => route.name === name)!
      return cpuMs + heldMs
    }
    expect(held('GET /block')).toBeGreaterThan(19)
    expect(held('GET /io')).toBeLessThan(held('GET /block'))
    expect(recommendation.goal.rate).toBeGreaterThan(0)
    expect(measured).toBeUndefined()
  })

  it('ends what it has started when it is ended', async () => {
    const program = startProgram(['advise', app, '--quick'])
    await until('the first measurement', () => program.stderr().includes('what one request asks for'))
    program.process.kill('SIGINT')
    expect(await program.exited).toBe(1)
    expect(program.stderr()).toContain('evenloop advise was ended before there was a result')
    await until('all that it started to be gone', () => program.processes().length === 0)
  })

  it('says what is wrong with a command line, an app or a route, and how to go on', async () => {
    const said = async (...args: string[]): Promise<[number | string, string]> => {
      const program = startProgram(['advise', ...args])
      return [await program.exited, program.stderr()]
    }
    expect(await said('--rate', 'much')).toEqual([
      2,
      'evenloop: command line: --rate is much; accepted: requests per second, 0.1 to 1000000\n',
    ])
    expect(await said('--observe', '--admin', '127.0.0.1:9')).toMatchObject([
      1,
      expect.stringMatching(/no cluster answers at 127\.0\.0\.1:9; .*--admin/),
    ])
    writeFileSync(inFolder('none.json'), '{"routes":[{"path":"/nowhere"}]}')
    expect(await said(app, '--workload', inFolder('none.json'))).toMatchObject([
      2,
      expect.stringMatching(/GET \/nowhere is answered by 404.*remedy/),
    ])
  })
})
