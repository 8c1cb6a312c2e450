import { expect, test } from 'vitest'

import { percentile } from '../bench/summary.ts'
import { good, type Flood, type FloodPlan } from '../load/flood/flood.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { type Flooding, startFlood } from './support/flood.ts'
import { until } from './support/wait.ts'

/** How long each overload lasts. */
const seconds = 5
/** Less of its capacity than this means a collapse. How much more it is, is for the benchmark to say, on a machine that is quiet. */
const share = 0.5
/** The same where hundreds of further connections use the machine. */
const shareInCrowd = 0.25
// As `timeouts.queue`.
const deadlineMs = 10_000

const startOverloaded = (...args: string[]): Promise<Cluster> =>
  startCluster({
    app: 'bench/peers/overload-app.mjs',
    // Whether its route is taken for a blocking one must play no part.
    args: ['--loops', '2', '--balancers', '1', '--isolation-mode', 'off', '--log-level', 'error', ...args],
  })

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)

/** Every request was answered once, in full, and with nothing else than what was asked for or a refusal. */
function expectAnswered(...floods: readonly Flood[]): void {
  for (const flood of floods) {
    expect(flood.failures).toEqual([])
    expect(flood.settled).toBe(flood.sent)
    expect(Object.keys(flood.statuses).filter((status) => status !== '200' && status !== '503')).toEqual([])
    expect(sum(Object.values(flood.statuses))).toBe(flood.sent)
  }
}

const total = async (cluster: Cluster, metric: string): Promise<number> =>
  sum((await cluster.metric(metric)).map((line) => Number(line.split(' ').at(-1))))

/** Nothing was refused after the loops had worked on it, and nothing done twice but what was moved from a silent loop. */
async function expectNoWorkInVain(cluster: Cluster, { all }: Flooding): Promise<void> {
  const answered = sum(all.map(good))
  const counted = await until('the last counts of the loops', async () => {
    const requests = await total(cluster, 'evenloop_loop_requests_total')
    return requests >= answered && requests
  })
  expect(counted - answered).toBeLessThanOrEqual(await total(cluster, 'evenloop_proxy_rescued_total'))
}

/** Good answers a second of a cluster that is kept busy by clients that wait for their answers. */
async function capacityOf(flood: Flooding): Promise<number> {
  const [full] = await flood({ path: '/work', connections: 64, seconds: 3 })
  expectAnswered(full!)
  return full!.onTime / 3
}

/** Carries out the plans, and says which share of the capacity was used; that of the machine is taken before and after, for others use it too. */
async function overload(flood: Flooding, plans: (capacity: number) => readonly FloodPlan[]): Promise<{ floods: Flood[]; used: number }> {
  // Code is compiled meanwhile.
  await flood({ path: '/work', connections: 64, seconds: 1 })
  const before = await capacityOf(flood)
  const floods = await flood(...plans(before))
  expectAnswered(...floods)
  const after = await capacityOf(flood)
  return { floods, used: sum(floods.map(({ onTime }) => onTime)) / seconds / Math.min(before, after) }
}

test('at three times its capacity a cluster goes on at its capacity, and refuses the rest', async () => {
  const cluster = await startOverloaded()
  const flood = startFlood(cluster.port)
  const { floods, used } = await overload(flood, (capacity) => [{ path: '/work', rate: 3 * capacity, seconds }])
  expect(used).toBeGreaterThan(share)
  expect(floods[0]!.statuses['503']).toBeGreaterThan(0)
  expect(Math.max(...floods[0]!.latenciesMs)).toBeLessThan(deadlineMs)
  await expectNoWorkInVain(cluster, flood)
})

test('when an overload is over nobody is refused any more', async () => {
  const cluster = await startOverloaded()
  const flood = startFlood(cluster.port)
  const capacity = await capacityOf(flood)
  const [over] = await flood({ path: '/work', rate: 3 * capacity, seconds: 3 })
  const [after] = await flood({ path: '/work', rate: 0.3 * capacity, seconds: 2 })
  expectAnswered(over!, after!)
  expect(over!.statuses['503']).toBeGreaterThan(0)
  expect(after!.statuses).toEqual({ 200: after!.sent })
})

test('slow clients among those that overload it do not keep it from its work', async () => {
  const cluster = await startOverloaded()
  const flood = startFlood(cluster.port)
  const { floods, used } = await overload(flood, (capacity) => [
    { path: '/work', rate: 3 * capacity, seconds },
    { path: '/page', connections: 50, slowReads: true, seconds },
    { path: '/work', connections: 50, slowBodyMs: 2_000, seconds },
  ])
  expect(used).toBeGreaterThan(shareInCrowd)
  for (const each of floods) expect(good(each)).toBeGreaterThan(0)
  // What waits does so in the balancer, which refuses whoever waits long: a loop that was given it would work it off for seconds.
  expect(percentile(floods[0]!.latenciesMs, 0.5)).toBeLessThan(deadlineMs / 4)
  await expectNoWorkInVain(cluster, flood)
})

test('a greedy client with a hundred connections does not keep the others from being served', async () => {
  const cluster = await startOverloaded()
  const flood = startFlood(cluster.port)
  const { floods, used } = await overload(flood, (capacity) => [
    { path: '/work', connections: 100, greedy: true, seconds },
    { path: '/work', rate: 0.25 * capacity, seconds },
  ])
  expect(used).toBeGreaterThan(shareInCrowd)
  expect(good(floods[1]!)).toBeGreaterThan(floods[1]!.sent / 2)
  await expectNoWorkInVain(cluster, flood)
})
