import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { root, signal } from './support/program.ts'
import { frameworks, installFrameworks, pidLoad, startFramework } from './support/python.ts'
import { scrape, total } from './support/samples.ts'
import { until } from './support/wait.ts'

// Two at a time: most of each is waiting for interpreters to start.
beforeAll(installFrameworks, 300_000)

const twoReady = ({ loops }: ClusterStatus): boolean => loops.length === 2 && loops.every(({ state }) => state === 'ready')

const measures = ['up', 'cpu_seconds_total', 'resident_memory_bytes', 'requests_total', 'delay_seconds_count']

const docs = readFileSync(join(root, 'docs/frameworks.md'), 'utf8')

test.each(frameworks)('docs/frameworks.md says how to start $name', ({ command, flags }) => {
  expect(docs).toContain(['evenloop start', ...flags, `--command '${command}'`].join(' '))
})

describe('behind two loops', () => {
  test.each(frameworks)('$name answers evenly, and survives a kill and a reload without a failed request', async (framework) => {
    const cluster = await startFramework(framework)
    const get = async (path: string): Promise<unknown> => (await fetch(cluster.url + path)).json()
    expect(await get('/')).toEqual({ framework: framework.name, pid: expect.any(Number) })
    expect(await get('/io?ms=3')).toEqual({ waited: 3 })
    expect(await get('/cpu?ms=3')).toEqual({ computed: 3 })

    const load = pidLoad(cluster.url, 4)
    const answers = (): number[] => [...load.byPid.values()]
    await until('150 answers', () => answers().reduce((sum, count) => sum + count, 0) >= 150)
    const [victim, other] = [...load.byPid.keys()] as [number, number]
    expect(answers()).toHaveLength(2)
    expect(Math.max(...answers()) / Math.min(...answers())).toBeLessThan(2)

    signal(victim, 'SIGKILL')
    await until('an answer of its successor', () => [...load.byPid.keys()].some((pid) => pid !== victim && pid !== other))
    await cluster.waitFor('two ready loops', twoReady)

    const before = new Set(load.byPid.keys())
    expect(await cluster.post('/api/reload?wait=1')).toMatchObject({ status: 200 })
    load.forget()
    await until('answers of two new processes', () => [...load.byPid.keys()].filter((pid) => !before.has(pid)).length === 2)
    await load.finish()
    expect(load.failures).toEqual([])

    await until('what both loops measure and their programs report', async () => {
      const samples = await scrape(cluster.adminUrl)
      const shown = (loop: string) => (name: string) => total(samples, `evenloop_loop_${name}`, `loop="${loop}"`) > 0
      return ['0', '1'].every((loop) => measures.every(shown(loop)))
    })
    expect(await cluster.stop()).toBe(0)
    expect(cluster.processes()).toEqual([])
  })
})
