import { readings, valueAt, type Axis, type Chart, type Series } from './chart.ts'
import { dataTable } from './data-table.ts'
import { figure } from '../figures.ts'
import { dashOf, marker } from './marker.ts'
import { markup, type Html } from './markup.ts'
import { colourOf, height, placed, plot, width } from './plot.ts'

/** A chart as a figure: how to read it, its lines, a legend, and the same in a table for those who cannot see lines. */
export function lineChart(chart: Chart): Html {
  const at = readings(chart)
  return markup`<figure class="chart" data-readings="${JSON.stringify(readOut(chart, at))}">
    <figcaption>
      <h3>${chart.title}</h3>
      <p>${chart.description}</p>
    </figcaption>
    <div class="chart-body">
      ${at.length === 0 ? markup`<p class="nothing">Nothing was measured.</p>` : plot(chart)}
      <div class="beside">
        <p class="at"></p>
        <ul class="legend">
          ${chart.series.map((_, index) => entry(chart, index))}
        </ul>
      </div>
    </div>
    <p class="unseen" aria-live="polite"></p>
    ${
      at.length > 0 &&
      markup`<details>
        <summary>These figures as a table</summary>
        ${tableOf(chart, at)}
      </details>`
    }
  </figure>`
}

function entry({ series }: Chart, index: number): Html {
  const one = series[index]!
  return markup`<li class="key-${index} ${colourOf(one, index)}${one.emphasis === true && ' emphasis'}">
    ${swatch(one.look ?? index, one.kind)}<span>${one.name}</span><span class="value" aria-hidden="true"></span>
  </li>`
}

/** A piece of a line, as it looks in charts. */
export const swatch = (look: number, kind: NonNullable<Series['kind']> = 'line'): Html =>
  markup`<svg class="swatch" viewBox="-16 -7 32 14" aria-hidden="true">
    ${kind !== 'dots' && markup`<path class="stroke" d="M-15 0H15" stroke-dasharray="${dashOf(kind, look)}" />`}
    ${(kind === 'line' || kind === 'dots') && marker(look, 0, 0)}
  </svg>`

const columnOf = ({ label, unit }: Axis): string => (unit === '' ? label : `${label} (${unit})`)

function tableOf(chart: Chart, at: readonly number[]): Html {
  const { title, x, y, series } = chart
  return dataTable({
    caption: `${title}: ${columnOf(y)}`,
    columns: [columnOf(x), ...series.map(({ name }) => name)],
    rows: at.map((place) => [figure(place), ...series.map((one) => valueAt(one, place) ?? NaN)]),
  })
}

/** What the page's script shows beside the pointer; pixels as in the plot. */
interface ReadOut {
  readonly width: number
  readonly height: number
  readonly places: readonly {
    readonly x: number
    readonly text: string
    readonly values: readonly (readonly [text: string, y: number] | null)[]
  }[]
  readonly names: readonly string[]
}

function readOut(chart: Chart, at: readonly number[]): ReadOut {
  const { left, top } = placed(chart)
  const withUnit = (value: number, { unit }: Axis): string => (unit === '' ? figure(value) : `${figure(value)} ${unit}`)
  const values = (place: number): ReadOut['places'][number]['values'] =>
    chart.series.map((one) => {
      const value = valueAt(one, place)
      return value === undefined ? null : [withUnit(value, chart.y), top(value)]
    })
  return {
    width,
    height,
    places: at.map((place) => ({ x: left(place), text: `${chart.x.label}: ${withUnit(place, chart.x)}`, values: values(place) })),
    names: chart.series.map(({ name }) => name),
  }
}
