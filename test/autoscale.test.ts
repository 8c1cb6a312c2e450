import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { fakeCluster } from './fixtures/fake-cluster.ts'
import { startCluster } from './support/cluster.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const serves =
  (count: number) =>
  ({ loops }: ClusterStatus): boolean =>
    loops.length === count && loops.every(({ state }) => state === 'ready')

const limitMs = 50_000

test('loops come while they are busy and go when they are not, and every request is answered', { timeout: 120_000 }, async () => {
  const args = ['--loops', '1..3', '--autoscale-quiet', '2s', '--balancers', '1', '--isolation-mode', 'off']
  const cluster = await startCluster({ app: 'examples/demo/app.js', args })
  expect(await cluster.status()).toMatchObject({ autoscale: { min: 1, max: 3 }, loops: [{ id: '0' }] })

  const light = steadyLoad(cluster.url, ['/io?ms=100'], 2)
  const heavy = steadyLoad(cluster.url, ['/cpu?ms=10'], 8)
  await cluster.waitFor('three loops', serves(3), limitMs)
  await heavy.finish()
  await cluster.waitFor('one loop', serves(1), limitMs)
  await light.finish()

  for (const { answers, failures } of [light, heavy]) {
    expect(failures).toEqual([])
    expect([...answers.keys()]).toEqual([200])
  }
  const said = [...cluster.stderr().matchAll(/"msg":"(scaled [^"]+)"/g)].map(([, words]) => words)
  expect(said).toEqual([
    expect.stringMatching(/^scaled up to 2 loops: .*utilization [01]\.\d\d over \d s$/),
    expect.stringMatching(/^scaled up to 3 loops: /),
    'scaled down to 2 loops: with that, utilization would have stayed under 0.5 for 2 s',
    'scaled down to 1 loop: with that, utilization would have stayed under 0.5 for 2 s',
  ])
  expect(await cluster.stop()).toBe(0)
})

test('by hand the number can be changed within the range, and from there it follows the load again', async () => {
  const cluster = fakeCluster({ loops: { min: 2, max: 4 }, autoscale: { target: 0.8, quiet: 1_000 } }, { utilization: 0.3 })
  await cluster.ready()
  expect(cluster.stdout()).toContain('(2 loops (2 to 4), 1 balancer')
  for (const loops of [1, 5]) {
    const { status, body } = await cluster.post('/api/scale', { loops })
    expect([status, body['error']]).toEqual([400, 'BAD_REQUEST'])
    expect(body['message']).toMatch(`loops is ${loops}; accepted: 2 to 4, the range in which this cluster scales itself (the key loops)`)
  }
  expect(await cluster.post('/api/scale?wait=1', { loops: 4 })).toEqual({ status: 200, body: { loops: 4 } })
  await cluster.waitFor('those that are not needed to go', serves(2))
  const messages = cluster.log().map((entry) => entry['msg'])
  expect(messages).toContain('scale: 4 loops')
  expect(messages).toContain('scaled down to 3 loops: with that, utilization would have stayed under 0.5 for 1 s')
})

test('a loop that does not start is told, and those that serve go on', async () => {
  const cluster = fakeCluster({ loops: { min: 1, max: 2 } }, { utilization: 1 })
  await cluster.ready()
  cluster.control({ fail: 'no memory' })
  await until('the failure', () => cluster.stderr().includes('scale stopped at 1 loop: loop 1 did not become ready (no memory)'))
  expect(serves(1)(await cluster.status())).toBe(true)
})

test('a fixed number stays as it is', async () => {
  const cluster = fakeCluster({ loops: 1 })
  await cluster.ready()
  expect(await cluster.status()).not.toHaveProperty('autoscale')
  expect((await cluster.post('/api/scale?wait=1', { loops: 3 })).status).toBe(200)
})
