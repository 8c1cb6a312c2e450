import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { signal } from './support/program.ts'
import { namesIn, scrape, total, watchCounters } from './support/samples.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const ready =
  (loops: number) =>
  (status: ClusterStatus): boolean =>
    [...status.loops, ...status.balancers].every(({ state }) => state === 'ready') && status.loops.length === loops

async function replaced(cluster: Cluster, kind: 'loops' | 'balancers', loops: number): Promise<void> {
  const { pid } = (await cluster.waitFor('all ready', ready(loops)))[kind][0]!
  signal(pid, 'SIGKILL')
  await cluster.waitFor('the successor', (status) => ready(loops)(status) && status[kind][0]!.pid !== pid)
}

test('no counter goes backwards, whatever happens to loops and balancers under load', async () => {
  const cluster = await startCluster({
    app: 'examples/demo/app.js',
    args: ['--loops', '2', '--balancers', '2', '--policy', 'round-robin', '--log-level', 'error'],
  })
  const load = steadyLoad(cluster.url, ['/', '/io?ms=5', '/cpu?ms=2'])
  const watch = watchCounters(cluster.adminUrl)
  for (let round = 0; round < 2; round++) {
    await replaced(cluster, 'loops', 2)
    await replaced(cluster, 'balancers', 2)
  }
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  expect((await cluster.post('/api/scale?wait=1', { loops: 4 })).status).toBe(200)
  const before = watch.scrapes()
  await until('scrapes of four loops', () => watch.scrapes() > before + 2)
  expect((await cluster.post('/api/scale?wait=1', { loops: 1 })).status).toBe(200)
  await replaced(cluster, 'loops', 1)

  expect(await watch.finish()).toEqual([])
  await load.finish()
  const samples = await scrape(cluster.adminUrl)
  expect(total(samples, 'evenloop_loop_restarts_total')).toBe(3)
  expect(total(samples, 'evenloop_proxy_restarts_total')).toBe(2)
  // Scaled away for good: no series of theirs is left, not even those that balancers had of them.
  expect([...samples.keys()].filter((series) => /loop="[123]"/.test(series))).toEqual([])
})

test('a loop that was dead when it was scaled away ends all its series, and its routes live on', async () => {
  const cluster = await startCluster({
    app: 'examples/demo/app.js',
    args: ['--loops', '2', '--policy', 'round-robin', '--restart-min-delay', '1m', '--restart-max-delay', '1m', '--log-level', 'error'],
  })
  for (let i = 0; i < 4; i++) await (await fetch(cluster.url)).text()
  const { pid } = (await cluster.status()).loops[1]!
  const served = await until('both loops to have told of their routes', async () => {
    const count = total(await scrape(cluster.adminUrl), 'evenloop_route_blocking_seconds_count', 'route="/"')
    return count >= 4 && count
  })
  signal(pid, 'SIGKILL')
  await cluster.waitFor('the death', ({ loops }) => loops[1]!.state === 'dead')

  const dead = await scrape(cluster.adminUrl)
  // What it had counted goes on, what it measured of itself does not.
  expect(dead.get('evenloop_loop_requests_total{loop="1"}')).toBe(2)
  expect(total(dead, 'evenloop_proxy_requests_total', 'loop="1"')).toBe(2)
  const gauges = [
    'loop_utilization',
    'loop_in_flight_requests',
    'loop_heap_used_bytes',
    'loop_resident_memory_bytes',
    'loop_start_time_seconds',
  ]
  for (const name of gauges) {
    expect([name, dead.has(`evenloop_${name}{loop="0"}`), dead.has(`evenloop_${name}{loop="1"}`)]).toEqual([name, true, false])
  }
  expect(dead.get('evenloop_loop_up{loop="1"}')).toBe(0)

  await cluster.post('/api/scale?wait=1', { loops: 1 })
  const after = await scrape(cluster.adminUrl)
  expect([...after.keys()].filter((series) => series.includes('loop="1"'))).toEqual([])
  expect(total(after, 'evenloop_route_blocking_seconds_count', 'route="/"')).toBe(served)
  expect(namesIn(after)).toEqual(namesIn(dead))
})

test('a loop that a handler blocks holds up one scrape, and not those after it', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2', '--log-level', 'error'] })
  await (await fetch(cluster.url)).text()
  let answered = false
  const answer = fetch(`${cluster.url}/block?ms=8000`).then(() => (answered = true))
  const { loops } = await cluster.waitFor('a blocked loop', (status) => status.loops.some((loop) => loop.blocked))
  const { id } = loops.find((loop) => loop.blocked)!
  // A second of waiting for each of them would take longer than the handler does.
  for (let i = 0; i < 20; i++) expect((await scrape(cluster.adminUrl)).get(`evenloop_loop_blocked{loop="${id}"}`)).toBe(1)
  expect(answered).toBe(false)
  await answer
  await until('fresh metrics of that loop', async () => (await scrape(cluster.adminUrl)).get(`evenloop_loop_blocked{loop="${id}"}`) === 0)
})
