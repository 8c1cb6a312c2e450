import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId, MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'

import { described, legend, target, tooltip } from './panels.ts'
import { gauge, ofLoop } from './queries.ts'
import { colours, neutral } from './theme.ts'

const up = `max by (loop) (${gauge('evenloop_loop_up', ofLoop)})`
// A loop that runs alone does not know that it is blocked, and still has a state.
const bit = (name: 'evenloop_loop_isolated' | 'evenloop_loop_blocked') => `(max by (loop) (${gauge(name, ofLoop)}) or 0 * ${up})`

// Up is 1, isolated adds 2, blocked adds 4.
const down = { text: 'down', color: colours.grey }
const blocked = { text: 'blocked', color: colours.red }
const words = {
  0: down,
  1: { text: 'serving', color: colours.blue },
  2: down,
  3: { text: 'isolated', color: colours.orange },
  4: blocked,
  5: blocked,
  6: blocked,
  7: blocked,
}

/** One bar a loop that says what state it was in. */
export function loopStates(): PanelBuilder {
  const about = {
    title: 'State',
    description:
      'Serving; blocked: a handler holds the event loop and it answers nothing; isolated: kept for routes that block; down: starting, draining or gone.',
    unit: 'none',
    width: 12,
    queries: [{ expr: `${up} + 2 * ${bit('evenloop_loop_isolated')} + 4 * ${bit('evenloop_loop_blocked')}`, legend: 'loop {{loop}}' }],
  }
  return described(new PanelBuilder(), about, 7)
    .targets(about.queries.map((query, i) => target(query, i).range()))
    .mappings([{ type: MappingType.ValueToText, options: words }])
    .thresholds(neutral())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(tooltip())
}
