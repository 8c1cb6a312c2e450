import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { check, until } from './checks.ts'
import { compose, containers, published } from './docker.ts'

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly activeTargets?: readonly { readonly health: string; readonly scrapePool: string }[]
    readonly result?: readonly unknown[]
  }
}

const ask = async (path: string): Promise<Answer> =>
  (await (await fetch(`http://${published('prometheus', 9090)}/api/v1/${path}`)).json()) as Answer

/** Prometheus finds every container by DNS, and the dashboard asks for what is there. */
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

  await check('Prometheus understands every question of the dashboard, and has answers but to those about trouble', async () => {
    const dashboard = JSON.parse(readFileSync(new URL('../../grafana/dashboards/cluster.json', import.meta.url), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    for (const { title, targets } of dashboard.panels) {
      for (const { expr } of targets) {
        const { status, error, data } = await ask(`query?query=${encodeURIComponent(expr.replaceAll('$__rate_interval', '1m'))}`)
        assert.equal(status, 'success', `${title}: ${expr}: ${error}`)
        // A counter of troubles has no series until the first.
        assert.ok(title === 'Trouble' || (data.result?.length ?? 0) > 0, `${title}: ${expr}: no series`)
      }
    }
  })
}
