import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

import { balancer } from './balancer.ts'
import { cluster } from './cluster.ts'
import { loadTest } from './load-test.ts'
import { routes } from './routes.ts'

const boards: Readonly<Record<string, () => DashboardBuilder>> = {
  'cluster.json': cluster,
  'routes.json': routes,
  'balancer.json': balancer,
  'load-test.json': loadTest,
}

/** The text of every file in grafana/dashboards, by its name. */
export function renderAll(): Record<string, string> {
  return Object.fromEntries(Object.entries(boards).map(([file, build]) => [file, render(build())]))
}

function render(board: DashboardBuilder): string {
  const built = board.build()
  // Builders leave 0: panels are numbered here, in the order in which they are shown.
  let id = 0
  for (const panel of built.panels ?? []) panel.id = ++id
  return `${JSON.stringify(built, null, 2)}\n`
}
