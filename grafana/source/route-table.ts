import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'

import { described, target } from './panels.ts'
import { ofRoute, quantile, rate } from './queries.ts'
import { thresholds } from './theme.ts'

const blocking = 'evenloop_route_blocking_seconds'
const byRoute = ['method', 'route']

/** Every route with its numbers, the one that takes most of the loops' time first. */
export function routeTable({ share }: { readonly share: string }): PanelBuilder {
  const columns = [
    { title: 'Share of loop time', unit: 'percentunit', expr: share },
    { title: 'p99', unit: 's', expr: quantile(0.99, blocking, byRoute, ofRoute) },
    { title: 'p50', unit: 's', expr: quantile(0.5, blocking, byRoute, ofRoute) },
    { title: 'Requests', unit: 'reqps', expr: `sum by (method, route) (${rate(`${blocking}_count`, ofRoute)})` },
  ]
  const queries = columns.map(({ title, expr }) => ({ expr, legend: title }))
  const letter = (i: number) => `Value #${String.fromCodePoint(65 + i)}`
  const panel = described(
    new PanelBuilder(),
    {
      title: 'Routes',
      description: 'What each route does to its loop. Sort by p99 to see who blocks, by share to see who costs most.',
      unit: 'none',
      width: 15,
      queries,
    },
    8,
  )
    .targets(queries.map((query, i) => target(query, i).instant().format(PromQueryFormat.Table)))
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          renameByName: { method: 'Method', route: 'Route', ...Object.fromEntries(columns.map(({ title }, i) => [letter(i), title])) },
        },
      },
    ])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(0.05, 0.25))
    .cellHeight(TableCellHeight.Sm)
    .sortBy([new TableSortByFieldStateBuilder().displayName('Share of loop time').desc(true)])
    .noValue('–')
  for (const { title, unit } of columns) panel.overrideByName(title, [{ id: 'unit', value: unit }])
  panel.overrideByName('Method', [{ id: 'custom.width', value: 90 }])
  return panel.overrideByName('p99', [{ id: 'custom.cellOptions', value: { type: 'color-text' } }])
}
