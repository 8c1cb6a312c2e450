import assert from 'node:assert/strict'

import { dashboardFiles, interpolate, questionsOf, readDashboard } from '../support/dashboards.ts'

import { check, until } from './checks.ts'
import { compose, containers } from './docker.ts'
import { ask } from './prometheus.ts'

// Questions about trouble that there was none of, and about what only a supervisor counts.
const calm = /shed_total|errors_total|code="5xx"|queue_seconds|restarts|loop_blocked|loop_holds|dropped_iterations/

/** Prometheus finds every container by DNS, knows the rules, and has answers for the dashboards. */
export async function checkPrometheus(): Promise<void> {
  await check('Prometheus follows the containers, and every one of them is up', async () => {
    compose('up', '-d', '--no-build', '--no-recreate', '--scale', 'loop-node=3', 'proxy', 'loop-node')
    await until('four targets up', async () => {
      const { data } = await ask('targets?state=active')
      return data.activeTargets?.length === containers('loop-node').length + 1 && data.activeTargets.every(({ health }) => health === 'up')
    })
  })

  await check('series of loops and balancers are there', async () => {
    for (const name of ['evenloop_loop_up', 'evenloop_loop_utilization', 'evenloop_proxy_requests_total']) {
      await until(name, async () => ((await ask(`query?query=${name}`)).data.result?.length ?? 0) > 0)
    }
  })

  await check('every rule is loaded and works', async () => {
    const rules = (await ask('rules')).data.groups?.flatMap((group) => group.rules) ?? []
    assert.ok(rules.length > 0, 'there are no rules')
    assert.deepEqual(
      rules.filter(({ health }) => health !== 'ok'),
      [],
    )
  })

  await check('Prometheus has answers to every question of every dashboard but those about trouble', async () => {
    const now = Date.now() / 1000
    for (const dashboard of dashboardFiles().map(readDashboard)) {
      const every = Object.fromEntries(dashboard.templating.list.map(({ name }) => [name, ['.*']]))
      for (const { where, expr } of questionsOf(dashboard)) {
        const query = new URLSearchParams({ query: interpolate(expr, every, '1m'), start: `${now - 300}`, end: `${now}`, step: '5' })
        const { status, error, data } = await ask(`query_range?${query}`)
        assert.equal(status, 'success', `${where}: ${expr}: ${error}`)
        assert.ok(calm.test(expr) || (data.result?.length ?? 0) > 0, `${where}: ${expr}: no series`)
      }
    }
  })
}
