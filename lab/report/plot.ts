import { drawable, isMeasured, type Axis, type Chart, type Series } from './chart.ts'
import { tickLabel } from '../figures.ts'
import { dashOf, looks, marker, round } from './marker.ts'
import { markup, type Html } from './markup.ts'
import { scaleOf } from './scale.ts'

export const width = 520
export const height = 330

// Wide enough for labels at the size that phones need.
const left = 66
const right = width - 30
const top = 46
const bottom = height - 56

/** Where values lie on a chart's plot, in its pixels, and which are labelled. */
export interface Placed {
  readonly left: (x: number) => number
  readonly top: (y: number) => number
  readonly xTicks: readonly number[]
  readonly yTicks: readonly number[]
}

export function placed({ x, y, series, marks = [] }: Chart): Placed {
  const points = series.flatMap(drawable)
  const across = scaleOf([...points.map(({ x }) => x), ...marks.map(({ x }) => x).filter(Number.isFinite)], x.log)
  const up = scaleOf(
    points.map(({ y }) => y),
    y.log,
  )
  return {
    left: (value) => round(left + across.at(value) * (right - left)),
    top: (value) => round(bottom - up.at(value) * (bottom - top)),
    xTicks: across.ticks,
    yTicks: up.ticks,
  }
}

/** The chart itself, without its legend. */
export function plot(chart: Chart): Html {
  const to = placed(chart)
  // What matters most is drawn last, above the others.
  const order = chart.series.map((one, index) => ({ one, index })).toSorted((a, b) => rank(a.one) - rank(b.one))
  return markup`<svg class="plot" viewBox="0 0 ${width} ${height}" role="img">
    <title>${chart.title}</title>
    <desc>${summary(chart)}</desc>
    ${to.yTicks.map((tick) => yTick(tick, to.top(tick)))} ${thinned(to.xTicks).map((tick) => xTick(tick, to.left(tick)))}
    <path class="axis" d="M${left} ${bottom}H${right}" />
    ${label('name', (left + right) / 2, height - 8, 'middle', nameOf(chart.x))} ${label('name', 4, 16, 'start', nameOf(chart.y))}
    ${(chart.marks ?? []).map((mark) => markOf(mark, to))} ${order.map(({ one, index }) => drawn(one, index, to))}
    <g class="guide" visibility="hidden">
      <path class="guide-line" d="" />
      <path class="rings" d="" />
    </g>
  </svg>`
}

type Anchor = 'start' | 'middle' | 'end'

const label = (kind: string, x: number, y: number, anchor: Anchor, text: string): Html =>
  // oxfmt-ignore
  markup`<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`

const yTick = (value: number, y: number): Html =>
  markup`<path class="grid" d="M${left} ${y}H${right}" />${label('tick', left - 8, y + 4, 'end', tickLabel(value))}`

const xTick = (value: number, x: number): Html =>
  markup`<path class="axis" d="M${x} ${bottom}v5" />${label('tick', x, bottom + 22, 'middle', tickLabel(value))}`

const layers = ['reference', 'curve', 'line', 'dots']

const rank = ({ kind = 'line', emphasis }: Series): number => layers.indexOf(kind) + (emphasis === true ? 0.5 : 0)

/** As many as phones have room for. */
const thinned = (ticks: readonly number[]): readonly number[] => {
  const every = Math.ceil(ticks.length / 7)
  return ticks.filter((_, at) => at % every === 0)
}

const nameOf = ({ label, unit, log }: Axis): string => label + (unit === '' ? '' : `, ${unit}`) + (log === true ? ', log scale' : '')

const summary = ({ description, x, y, series }: Chart): string =>
  `${description} From left to right: ${nameOf(x)}. Upwards: ${nameOf(y)}. Lines: ${series.map(({ name }) => name).join('; ')}.`

function markOf(mark: NonNullable<Chart['marks']>[number], to: Placed): Html | undefined {
  if (!Number.isFinite(mark.x)) return undefined
  const at = to.left(mark.x)
  const inLeftHalf = at < (left + right) / 2
  const text = label('mark-label', at + (inLeftHalf ? 5 : -5), top - 11, inLeftHalf ? 'start' : 'end', mark.label)
  return markup`<path class="mark" d="M${at} ${top - 20}V${bottom}" />${text}`
}

function drawn(series: Series, index: number, to: Placed): Html {
  const { kind = 'line', emphasis } = series
  const look = series.look ?? index
  const points = drawable(series).map(({ x, y, hollow }) => ({ x: to.left(x), y: to.top(y), hollow }))
  const line = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('')
  return markup`<g class="series at-${index} ${colourOf(series, index)}${emphasis === true && ' emphasis'}">
    ${kind !== 'dots' && points.length > 0 && markup`<path class="stroke" d="${line}" stroke-dasharray="${dashOf(kind, look)}" />`}
    ${isMeasured(series) && points.map(({ x, y, hollow }) => marker(look, x, y, hollow))}
  </g>`
}

/** The class that gives a series its colour. */
export const colourOf = ({ kind, look }: Series, index: number): string =>
  kind === 'reference' ? 'reference' : `look-${(look ?? index) % looks}`
