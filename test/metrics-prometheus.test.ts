import { spawnSync } from 'node:child_process'

import { expect, test } from 'vitest'

import { allMetrics } from '../core/metrics/catalog.ts'
import { portOf, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { startCluster } from './support/cluster.ts'
import { signal, type Program } from './support/program.ts'
import { type QueryResult, startPrometheus } from './support/real-prometheus.ts'
import { namesIn, parseSamples, seriesNames } from './support/samples.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const answered = 'evenloop_proxy_requests_total{code="2xx"}'

const latest = (series: readonly QueryResult[]): number => series.reduce((sum, { value }) => sum + Number(value![1]), 0)

/** As `increase()` does without guessing what lies beyond the samples: a sample less than the one before is a reset. */
function increase({ values = [] }: QueryResult): { by: number; resets: number } {
  let [by, resets] = [0, 0]
  const numbers = values.map(([, value]) => Number(value))
  for (const [i, value] of numbers.slice(1).entries()) {
    const before = numbers[i]!
    if (value < before) resets += 1
    by += value < before ? value : value - before
  }
  return { by, resets }
}

test('a real Prometheus counts what clients counted, through a crash and a reload', async () => {
  const cluster = await startCluster({
    app: 'examples/demo/app.js',
    args: ['--loops', '2', '--balancers', '2', '--policy', 'round-robin', '--log-level', 'error'],
  })
  // Every series is there before Prometheus looks: of one that begins later it cannot know what came before.
  let before = 0
  await until('both balancers and both loops at work', async () => {
    // On a connection of its own, which may come to either balancer.
    await (await fetch(cluster.url, { headers: { connection: 'close' } })).text()
    before += 1
    return (await cluster.metric('evenloop_proxy_requests_total')).length === 4
  })

  const prometheus = await startPrometheus([new URL(cluster.adminUrl).host])
  const seen = async (count: number): Promise<boolean> => latest(await prometheus.query(answered)) === count
  await until('the first requests in Prometheus', () => seen(before))

  const load = steadyLoad(cluster.url, ['/', '/io?ms=2', '/cpu?ms=1'])
  await until('load', () => (load.answers.get(200) ?? 0) > 200)
  const { pid } = (await cluster.status()).loops[0]!
  signal(pid, 'SIGKILL')
  await cluster.waitFor('the successor', ({ loops }) => loops[0]!.state === 'ready' && loops[0]!.pid !== pid)
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  const so = load.answers.get(200)!
  await until('load after the reload', () => load.answers.get(200)! > so + 200)
  await load.finish()
  expect([load.failures, [...load.answers.keys()]]).toEqual([[], [200]])

  const counted = load.answers.get(200)!
  await until('the last requests in Prometheus', () => seen(before + counted))
  const increases = (await prometheus.query(`${answered}[10m]`)).map(increase)
  expect(increases.reduce((sum, { by }) => sum + by, 0)).toBe(counted)
  // The loops' own counters and every histogram go on too.
  const growing = seriesNames(({ type }) => type !== 'gauge').join('|')
  const reset = (await prometheus.query(`{__name__=~"${growing}"}[10m]`)).filter((series) => increase(series).resets > 0)
  expect(reset.map(({ metric }) => metric)).toEqual([])

  const scraped = await prometheus.query('min_over_time(up[10m])')
  expect(scraped.map(({ value }) => value![1])).toEqual(['1'])
  expect(prometheus.log().match(/^.*level=(?:warn|error).*$/gm) ?? []).toEqual([])
  // Prometheus has spoken OpenMetrics: nothing else tells it of units.
  const [metadata] = await prometheus.ask<readonly object[]>('targets/metadata?metric=evenloop_loop_cpu_seconds')
  expect(metadata).toMatchObject({ type: 'counter', unit: 'seconds' })

  // Everything in the catalogue is there, and nothing else.
  const names = await prometheus.ask<readonly string[]>('label/__name__/values')
  expect(names.filter((name) => name.startsWith('evenloop_')).sort()).toEqual(seriesNames())
})

/** The metrics in the text format, which promtool finds nothing wrong with. */
async function checked(adminUrl: string): Promise<string> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  expect([status, stdout, stderr]).toEqual([0, '', ''])
  return text
}

const adminOf = async (program: Program): Promise<string> =>
  until('its admin address', () => /admin (?:on )?(http:[^)"]+)/.exec(program.stdout() + program.stderr())?.[1])

test('promtool finds nothing wrong with a cluster at work, nor with a loop and a balancer that run alone', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2', '--log-level', 'error'] })
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { args: ['--admin', '127.0.0.1:0'] })
  const balancer = await startBalancer({ upstreams: [`link+tcp://127.0.0.1:${await portOf(loop)}`] })
  for (const url of [cluster.url, balancer.url]) {
    for (const path of ['/', '/io?ms=1', '/block?ms=60', '/none']) await (await fetch(url + path)).text()
  }
  await checked(cluster.adminUrl)
  // Of what a supervisor knows of its loops, a loop that runs alone says these of itself.
  const own = new Set(['evenloop_loop_up', 'evenloop_loop_isolated'])
  const of = (from: string): string[] => seriesNames((metric) => metric.from === from || (from === 'loop' && own.has(metric.name)))
  expect(namesIn(parseSamples(await checked(await adminOf(loop))))).toEqual(of('loop'))
  expect(namesIn(parseSamples(await checked(await adminOf(balancer))))).toEqual(of('balancer'))
})

test('a real Prometheus reads roles that run alone', async () => {
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { args: ['--admin', '127.0.0.1:0'] })
  const balancer = await startBalancer({ upstreams: [`link+tcp://127.0.0.1:${await portOf(loop)}`] })
  await (await fetch(balancer.url)).text()
  const admins = await Promise.all([loop, balancer].map(adminOf))
  const prometheus = await startPrometheus(admins.map((url) => new URL(url).host))
  await until('a scrape of each', async () => (await prometheus.query('up == 1')).length === 2)
  await until('the request', async () => latest(await prometheus.query('evenloop_proxy_requests_total')) === 1)
  // A sample in each scrape is one of ours or of Prometheus itself.
  const names = await prometheus.ask<readonly string[]>('label/__name__/values')
  const ours = new Set(seriesNames())
  expect(names.filter((name) => !ours.has(name) && !/^(?:up|scrape_\w+)$/.test(name))).toEqual([])
  expect(allMetrics.some(({ name }) => names.includes(name))).toBe(true)
})
