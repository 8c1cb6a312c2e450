import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { portOf, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { startCluster } from './support/cluster.ts'
import {
  dashboardFiles,
  escaped,
  interpolate,
  labelVariables,
  questionsOf,
  readDashboard,
  type Dashboard,
  type Question,
} from './support/dashboards.ts'
import { temporaryFolder } from './support/ledger.ts'
import { root, type Program } from './support/program.ts'
import { type QueryResult, type RealPrometheus, startPrometheus } from './support/real-prometheus.ts'
import { troubleFor } from './support/trouble.ts'
import { until } from './support/wait.ts'

const dashboards = dashboardFiles().map(readDashboard)
const rules = ['recording', 'alerting'].map((name) => join(root, `deploy/rules/${name}.yml`))
const recorded = [...readFileSync(rules[0]!, 'utf8').matchAll(/- record: (\S+)/g)].map(([, name]) => name!)

type Chosen = Record<string, readonly string[]>

test('every query of every dashboard, and every rule, has an answer from a cluster that lives through trouble', async () => {
  const cluster = await startCluster({
    app: 'test/fixtures/observed-app.js',
    args: ['--loops', '2', '--balancers', '2', '--concurrency', '8', '--limits-queue', '4', '--log-level', 'error'],
  })
  const alone = await startAlone()
  const prometheus = await startPrometheus([], {
    args: ['--web.enable-remote-write-receiver'],
    config: {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: rules,
      scrape_configs: [
        job('evenloop', cluster.adminUrl),
        // As in docker-compose.yml: every role by itself, each in a job of its own.
        job('evenloop-loops', alone.loopAdmin),
        job('evenloop-balancers', alone.balancerAdmin),
      ],
    },
  })
  const since = Date.now() / 1000

  // k6 writes what the dashboard "Load test" shows.
  startK6(cluster.url, prometheus.url)
  const trouble = await troubleFor(cluster)
  // What a counter counts before it is first seen, no rate shows.
  await until('two looks at everything', async () => {
    const seen = await prometheus.query('min(count_over_time(up[1m])) > 1')
    return seen.length > 0
  })
  await trouble.death()

  // What a panel shows as 0 for want of a series must have a series here.
  const strict = ({ expr }: Question): string => expr.replaceAll(' or vector(0)', '')
  const unanswered = async (questions: readonly Question[], chosen: Chosen): Promise<Question[]> => {
    const answers = await Promise.all(
      questions.map((question) => hasNumbers(prometheus, interpolate(strict(question), chosen, '10s'), since)),
    )
    return questions.filter((_, i) => !answers[i])
  }
  const all = (dashboard: Dashboard): Chosen => Object.fromEntries(labelVariables(dashboard).map(({ name }) => [name, ['.*']]))

  let left = dashboards.map((dashboard) => ({ dashboard, questions: questionsOf(dashboard) }))
  let missing: string[] = []
  await until(
    'answers to all',
    async () => {
      await Promise.all([trouble.round(), alone.traffic()])
      left = await Promise.all(
        left.map(async ({ dashboard, questions }) => ({ dashboard, questions: await unanswered(questions, all(dashboard)) })),
      )
      const rulesLeft = (
        await Promise.all(recorded.map(async (name) => ((await hasNumbers(prometheus, name, since)) ? [] : [name])))
      ).flat()
      missing = [...left.flatMap(({ questions }) => questions.map(({ where, expr }) => `${where}: ${expr}`)), ...rulesLeft]
      return missing.length === 0
    },
    40_000,
  ).catch(() => {})
  expect(missing).toEqual([])

  // The same with every value chosen by hand: what one variable offers must fit what the others offer.
  for (const dashboard of dashboards) {
    const chosen = await choices(prometheus, dashboard)
    for (const [name, values] of Object.entries(chosen)) expect([name, values.length > 0]).toEqual([name, true])
    expect(await unanswered(questionsOf(dashboard), chosen)).toEqual([])
  }

  // Containers: the same panels from other jobs. There was no trouble there, and no supervisor to count some things.
  const calm =
    /shed_total|errors_total|code="5xx"|queue_seconds|proxy_restarts|loop_holds_total|^max by \(loop\) \(evenloop_loop_blocked.* == 1$|^sum by \(loop\) \(increase.* > 0$|k6_/
  let silent: Question[] = []
  await until(
    'answers of the loop and the balancer alone',
    async () => {
      // A rate needs two looks at a counter that goes up.
      await alone.traffic()
      const perDashboard = dashboards.map((dashboard) =>
        unanswered(questionsOf(dashboard), { ...all(dashboard), job: ['evenloop-loops', 'evenloop-balancers'] }),
      )
      silent = (await Promise.all(perDashboard)).flat().filter(({ expr }) => !calm.test(expr))
      return silent.length === 0
    },
    20_000,
  ).catch(() => {})
  expect(silent).toEqual([])

  // And the answers are true.
  const value = async (expr: string): Promise<number> => Number((await prometheus.query(expr))[0]?.value?.[1])
  expect(await value('max(max_over_time(evenloop_loop_blocked{job="evenloop"}[2m]))')).toBe(1)
  expect(await value('sum(evenloop_loop_restarts_total{job="evenloop"})')).toBe(1)
  expect(await value('sum(evenloop_proxy_retries_total{job="evenloop"})')).toBeGreaterThan(0)
  const [worst] = await prometheus.query('topk(1, sum by (route) (evenloop_route_blocking_seconds_sum{job="evenloop"}))')
  expect(worst?.metric['route']).toBe('/block')

  const { groups } = await prometheus.ask<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>('rules')
  expect(groups.flatMap((group) => group.rules).filter(({ health }) => health !== 'ok')).toEqual([])
}, 90_000)

const job = (name: string, url: string): object => ({ job_name: name, static_configs: [{ targets: [url.replace('http://', '')] }] })

/** Whether the answer over all the time since then has a number in it. */
async function hasNumbers(prometheus: RealPrometheus, expr: string, since: number): Promise<boolean> {
  const query = new URLSearchParams({ query: expr, start: String(since), end: String(Date.now() / 1000), step: '1' })
  const { result } = await prometheus.ask<{ result: QueryResult[] }>(`query_range?${query}`)
  return result.some(({ values = [] }) => values.some(([, value]) => Number.isFinite(Number(value))))
}

/** What each variable offers where all that the ones before it offer is chosen. */
async function choices(prometheus: RealPrometheus, dashboard: Dashboard): Promise<Chosen> {
  const chosen: Chosen = {}
  for (const { name, series, label } of labelVariables(dashboard)) {
    const match = new URLSearchParams({ 'match[]': interpolate(series, chosen, '10s') })
    const found = await prometheus.ask<Record<string, string>[]>(`series?${match}`)
    chosen[name] = [...new Set(found.flatMap((labels) => labels[label] ?? []))].map(escaped)
  }
  return chosen
}

/** A loop and a balancer without a supervisor, and a little traffic. */
async function startAlone() {
  const admin = async (program: Program, pattern: RegExp): Promise<string> =>
    (await until('its admin address', () => pattern.exec(program.stdout() + program.stderr()) ?? undefined))[1]!
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { args: ['--admin', '127.0.0.1:0'] })
  const balancer = await startBalancer({ upstreams: [`link+tcp://127.0.0.1:${await portOf(loop)}`] })
  return {
    loopAdmin: await admin(loop, /admin on (http:[^"\s]+)/),
    balancerAdmin: await admin(balancer, /admin (http:[^)]+)/),
    traffic: async () => {
      for (const path of ['/', '/not-there', '/io?ms=5', '/block?ms=20']) await (await fetch(balancer.url + path)).arrayBuffer()
    },
  }
}

/** The real k6 with a real script, until the test is over. */
// So slow that its dozen of users all wait while both loops are held, and requests that are due have nobody to send them.
const k6Rate = '24'

function startK6(url: string, prometheus: string): void {
  const child = spawn('k6', ['run', '--quiet', '--out', 'experimental-prometheus-rw', 'k6/mixed.js'], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...process.env,
      ...{ BASE_URL: url, RATE: k6Rate, DURATION: '2m', SUMMARY_DIR: temporaryFolder() },
      K6_PROMETHEUS_RW_SERVER_URL: `${prometheus}/api/v1/write`,
      K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max',
      K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.once('error', (error) => {
    throw new Error('k6 does not run; docs/tasks/load-tests.md says how to get it', { cause: error })
  })
}
