import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { check, until } from './checks.ts'
import { compose, containers, docker, published, results } from './docker.ts'
import { number } from './prometheus.ts'

interface Report {
  readonly passed: boolean
  readonly requests: number
  readonly failed: number
  readonly checks: readonly { readonly name: string; readonly fails: number }[]
}

const report = (script: string): Report => JSON.parse(readFileSync(join(results, `${script}.json`), 'utf8')) as Report

const scale = (count: number): void =>
  void compose('up', '-d', '--no-build', '--no-recreate', '--scale', `loop-node=${count}`, 'proxy', 'loop-node')

/** What was scraped last may stand for 20 s: four scrapes, and as many looks at the DNS. */
const seenByPrometheus = (count: number): Promise<void> =>
  until(`${count} loops in Prometheus`, async () => (await number('count(evenloop_loop_up == 1)')) === count, 20_000)

/** k6 in its container keeps the cluster busy while loops come, go and die. */
export async function checkLoad(): Promise<void> {
  let k6 = ''
  const isUp = await check('the profile "load" starts k6, and Prometheus gets what it measures', async () => {
    scale(2)
    // Named one by one, since there is no stand-in for Grafana.
    compose(
      '--profile',
      'load',
      'up',
      '-d',
      '--no-build',
      '--no-recreate',
      '--scale',
      'loop-node=2',
      'proxy',
      'loop-node',
      'prometheus',
      'k6',
    )
    k6 = containers('k6')[0] ?? ''
    await until('series of k6', async () => ((await number('sum(k6_http_reqs_total)')) ?? 0) > 0)
  })
  if (!isUp) return

  await check('loops that come are in Prometheus within seconds', async () => {
    scale(4)
    await seenByPrometheus(4)
  })

  await check('the series of a loop that was killed end within seconds', async () => {
    docker('kill', containers('loop-node')[0]!)
    await seenByPrometheus(3)
  })

  await check('and so do those of loops that were scaled away', async () => {
    scale(1)
    await seenByPrometheus(1)
  })

  await check('k6 saw none of it: every answer was right, and every threshold kept', () => {
    assert.equal(docker('wait', k6), '0', docker('logs', '--tail', '30', k6))
    const { passed, failed, requests, checks } = report('mixed')
    console.log(`        ${requests} requests`)
    assert.deepEqual({ passed, failed, wrong: checks.filter(({ fails }) => fails > 0) }, { passed: true, failed: 0, wrong: [] })
  })

  await check('Prometheus has every request that k6 counted, also after its series have ended', async () => {
    await until('the end of its series', async () => (await number('count(k6_http_reqs_total)')) === undefined, 20_000)
    const counted = await number('sum(max by (route, scenario, status) (max_over_time(k6_http_reqs_total[10m])))')
    assert.equal(counted, report('mixed').requests)
  })

  await check('npm run load -- smoke --docker', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/load.ts', 'smoke', '--docker', '--url', `http://${published('proxy', 8080)}`, '--duration', '3s'],
      { encoding: 'utf8', env: { ...process.env, SUMMARY_DIR: results } },
    )
    assert.equal(status, 0, stdout + stderr)
    assert.equal(report('smoke').passed, true)
  })
}
