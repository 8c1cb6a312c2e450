import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId, type ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

import { neutral } from './theme.ts'
import { source } from './variables.ts'

/** The panels that the dashboards are made of, each with everything that makes it readable. */

export interface Query {
  readonly expr: string
  readonly legend: string
}

/** What every panel must say. */
export interface About {
  readonly title: string
  /** What it shows and when to worry. */
  readonly description: string
  /** Grafana's name of the unit. */
  readonly unit: string
  /** Of the 24 columns. */
  readonly width: number
  readonly height?: number
  readonly queries: readonly Query[]
}

interface Lines extends About {
  readonly max?: number
  readonly stacked?: boolean
  readonly bars?: boolean
  /** A series' colour by its name in the legend; the others get one by their name, the same on every panel. */
  readonly colours?: Readonly<Record<string, string>>
}

interface Number extends About {
  readonly thresholds?: ThresholdsConfigBuilder
  readonly decimals?: number
  /** What is shown where there is no value. */
  readonly none?: string
}

/** Lines over time. */
export function lines({ max, stacked = false, bars = false, colours = {}, ...about }: Lines): timeseries.PanelBuilder {
  const panel = described(new timeseries.PanelBuilder(), about, 7)
    .targets(about.queries.map((query, i) => target(query, i).range()))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .min(0)
    .lineWidth(bars ? 0 : 1.5)
    .fillOpacity(stacked ? 30 : bars ? 70 : 6)
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .showPoints(VisibilityMode.Never)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None).group('A'))
    .legend(legend())
    .tooltip(tooltip())
  if (max !== undefined) panel.max(max)
  for (const [name, fixedColor] of Object.entries(colours)) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }])
  }
  return panel
}

/** One large number, with its recent course behind it. */
export function number({ thresholds = neutral(), decimals, none = '–', ...about }: Number): stat.PanelBuilder {
  const panel = described(new stat.PanelBuilder(), about, 4)
    .targets(about.queries.map((query, i) => target(query, i).range()))
    .thresholds(thresholds)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue(none)
  return decimals === undefined ? panel : panel.decimals(decimals)
}

/** Where the observations of a histogram fell, over time. */
export function heat(about: About): heatmap.PanelBuilder {
  return described(new heatmap.PanelBuilder(), about, 7)
    .targets(about.queries.map((query, i) => target(query, i).range().format(PromQueryFormat.Heatmap)))
    .rowsFrame(new heatmap.RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto))
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Viridis')
        .scale(heatmap.HeatmapColorScale.Exponential)
        .exponent(0.4)
        .steps(64),
    )
    .cellGap(1)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(about.unit))
    .cellValues(new heatmap.CellValuesBuilder().unit('short').decimals(0))
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).showColorScale(true).yHistogram(true))
    .scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Linear))
    .showLegend()
}

/** The present values side by side, as bars. */
export function ranking({ max, thresholds = neutral(), ...about }: Number & { readonly max: number }): bargauge.PanelBuilder {
  return described(new bargauge.PanelBuilder(), about, 8)
    .targets(about.queries.map((query, i) => target(query, i).instant()))
    .min(0)
    .max(max)
    .thresholds(thresholds)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue('–')
}

interface Describable {
  title(text: string): this
  description(text: string): this
  datasource(source: { type: string; uid: string }): this
  unit(unit: string): this
  span(width: number): this
  height(height: number): this
}

/** Says what the panel is; for panels that no function here makes. */
export function described<Panel extends Describable>(panel: Panel, about: About, height: number): Panel {
  return panel
    .title(about.title)
    .description(about.description)
    .datasource(source)
    .unit(about.unit)
    .span(about.width)
    .height(about.height ?? height)
}

/** One query of a panel; the first is A. */
export const target = ({ expr, legend }: Query, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .datasource(source)
    .refId(String.fromCodePoint(65 + index))
    .expr(expr)
    .legendFormat(legend)

export const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom)

export const tooltip = (): VizTooltipOptionsBuilder =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)
