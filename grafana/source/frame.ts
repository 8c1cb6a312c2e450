import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'

import { gauge, restarts } from './queries.ts'
import { colours } from './theme.ts'
import { source } from './variables.ts'

const tag = 'evenloop'

/** An empty dashboard: what all of them have in common. */
export function frame(uid: `${typeof tag}-${string}`, title: string, description: string): DashboardBuilder {
  return (
    new DashboardBuilder(title)
      .uid(uid)
      .description(description)
      .tags([tag])
      // They are provisioned from files; a change made in Grafana would be lost at the next start.
      .readonly()
      .time({ from: 'now-15m', to: 'now' })
      .refresh('5s')
      .timezone('browser')
      .tooltip(DashboardCursorSync.Crosshair)
      .link(
        new DashboardLinkBuilder('evenloop')
          .type(DashboardLinkType.Dashboards)
          .tags([tag])
          .asDropdown(false)
          .includeVars(true)
          .keepTime(true)
          .tooltip('The other dashboards, with the same time range and choices.'),
      )
  )
}

/** Marks over every panel: when a loop was blocked, and when one ended. */
export const marks = (): AnnotationQueryBuilder[] => [
  mark('Loop blocked', colours.orange, `max by (loop) (${gauge('evenloop_loop_blocked')}) == 1`, 'Loop {{loop}} is blocked'),
  mark('Loop restarted', colours.red, `sum by (loop) (${restarts()}) > 0`, 'Loop {{loop}} restarted'),
]

function mark(name: string, colour: string, expr: string, title: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .step('5s')
    .titleFormat(title)
    .target(new DataqueryBuilder().refId('Anno').datasource(source).expr(expr).legendFormat(title).range())
}
