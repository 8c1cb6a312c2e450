import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { fakeCluster, type FakeCluster } from './fixtures/fake-cluster.ts'
import { until } from './support/wait.ts'

const settings = { loops: 1, blockLimit: 200 }
const hung = { hungMs: 600_000, stubborn: true }
const told = (cluster: FakeCluster) => cluster.log().filter(({ msg }) => String(msg).includes('has been held for'))
const isReplaced = ({ loops: [loop] }: ClusterStatus): boolean => loop!.restarts === 1 && loop!.state === 'ready'

test('a loop that hangs is ended once its successor serves; balancers learn which routes are to blame in the same moment', async () => {
  const cluster = fakeCluster(settings, hung)
  await cluster.ready()
  const { pid } = (await cluster.status()).loops[0]!
  cluster.control({})
  const status = await cluster.waitFor('the successor', isReplaced)
  expect(status.loops[0]!.pid).not.toBe(pid)
  await until('its end', () => !cluster.processes().includes(pid))
  const { history } = await cluster.traffic()
  expect(history.filter((entry) => entry !== '').every((entry) => entry.includes(':ready'))).toBe(true)
  expect(history).toContainEqual(expect.stringMatching(/0\.1\.\d+:draining\(GET \/hangs\)/))
  const [line, ...more] = told(cluster)
  expect(more).toEqual([])
  expect(line).toMatchObject({ level: 50, loop: '0', routes: ['GET /hangs'], stack: ['turn (/srv/app.js:7:3)'] })
  expect(line!['msg']).toMatch(
    /^loop 0 has been held for \d\.\d s by GET \/hangs and is replaced; it hangs at turn \(\/srv\/app\.js:7:3\)$/,
  )
  expect(await cluster.metric('evenloop_loop_holds_total')).toEqual(['evenloop_loop_holds_total{loop="0"} 1'])
})

test('a loop that hangs is ended also where its successor does not start, and started again', async () => {
  const cluster = fakeCluster({ ...settings, restart: { minDelay: 10, maxDelay: 10 } }, hung)
  await cluster.ready()
  cluster.control({ fail: 'no database' })
  await until('its end', () => cluster.stderr().includes('loop 0 was ended: its successor did not become ready (no database)'))
  expect(cluster.stderr()).toContain('loop 0 ended with signal SIGKILL; starting it again')
  cluster.control({})
  await cluster.waitFor('a loop that serves', ({ loops }) => loops[0]!.state === 'ready')
  expect(told(cluster)).toHaveLength(1)
})

test('a loop that runs again before its successor serves leaves in order', async () => {
  const cluster = fakeCluster(settings, { hungMs: 2_000 })
  await cluster.ready()
  cluster.control({ readyAfterMs: 1_500 })
  await cluster.waitFor('the successor', isReplaced)
  const { history } = await cluster.traffic()
  expect(history).toContainEqual(expect.stringMatching(/0\.1\.\d+:draining(?!\()/))
  expect(cluster.stderr()).not.toContain('SIGKILL')
})

test('a loop that runs again and has no successor goes on serving', async () => {
  const cluster = fakeCluster({ ...settings, startTimeout: 1_000 }, { hungMs: 2_500 })
  await cluster.ready()
  const { pid } = (await cluster.status()).loops[0]!
  cluster.control({ silent: true })
  await until('what is told of it', () => cluster.stderr().includes('loop 0 runs again and goes on serving: its successor did not'))
  expect((await cluster.status()).loops).toMatchObject([{ pid, state: 'ready', restarts: 0 }])
})

test('a reload at the same time replaces every loop once', async () => {
  const cluster = fakeCluster({ ...settings, loops: 2, balancers: 1, drainTimeout: 1_000 }, { loops: { 1: hung } })
  await cluster.ready()
  cluster.control({ readyAfterMs: 100 })
  await until('the first', () => told(cluster).length === 1)
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  const { loops } = await cluster.status()
  expect(loops.map(({ generation, state }) => [generation, state])).toEqual([
    [2, 'ready'],
    [2, 'ready'],
  ])
  // The supervisor, its balancer and one process for each loop are left.
  await until('the old ones to be gone', () => cluster.processes().length === 4)
})

test('a cluster that stops while a loop is being replaced ends all of them', async () => {
  const cluster = fakeCluster({ ...settings, drainTimeout: 500 }, hung)
  await cluster.ready()
  cluster.control({ silent: true })
  await until('the replacement', () => told(cluster).length === 1)
  cluster.signal('SIGTERM')
  expect(await cluster.exited).toBe(0)
  expect(cluster.processes()).toEqual([])
})
