import { make, setText } from './dom.ts'
import { themeChanges } from './theme.ts'
import uPlot from './uplot.js'

export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

export interface ChartOptions {
  readonly title: string
  readonly format: (value: number | null | undefined) => string
  /** The scale reaches at least this far up, so that idle noise does not look like a storm. */
  readonly least: number
  /** A scale that never changes. */
  readonly most?: number
  /** Steps of the scale, where those of ten do not fit its unit. */
  readonly steps?: number[]
}

// So many lines can be told apart by their colours; beyond them the highest is what matters.
const colours = 8
const height = 150

/** One time series chart: its title, a legend with the values at the cursor (or the latest), and the lines. */
export class Chart {
  readonly #options: ChartOptions
  readonly #legend = make('p', 'legend')
  readonly #canvas = make('div', 'plot')
  readonly #probe = make('span', 'probe')
  #plot: uPlot | undefined
  #names: readonly string[] = []
  #data: { at: readonly number[]; lines: readonly Line[] } = { at: [], lines: [] }

  constructor(place: HTMLElement, options: ChartOptions) {
    this.#options = options
    place.append(make('h3', '', options.title), this.#legend, this.#canvas, this.#probe)
    this.#canvas.setAttribute('role', 'img')
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#canvas.clientWidth, height })).observe(this.#canvas)
    themeChanges.addEventListener('change', () => this.#rebuild())
  }

  /**
   * @param at seconds since 1970
   * @param from where the time axis begins
   */
  show(at: readonly number[], lines: readonly Line[], from: number): void {
    this.#data = { at, lines }
    const names = lines.map(({ name }) => name)
    if (this.#plot === undefined || names.join('\n') !== this.#names.join('\n')) {
      this.#names = names
      this.#rebuild()
    }
    const to = at.at(-1)
    if (to === undefined || this.#plot === undefined) return
    const plot = this.#plot
    plot.batch(() => {
      plot.setData([at, ...lines.map(({ values }) => values)] as uPlot.AlignedData, false)
      plot.setScale('x', { min: from, max: Math.max(to, from + 1) })
    })
    this.#showLegend()
  }

  #rebuild(): void {
    const { at, lines } = this.#data
    this.#plot?.destroy()
    this.#plot = undefined
    if (this.#canvas.clientWidth === 0) return
    const data = [at, ...lines.map(({ values }) => values)] as uPlot.AlignedData
    this.#plot = new uPlot(this.#plotOptions(), data, this.#canvas)
  }

  #plotOptions(): uPlot.Options {
    const { format, least, most, steps } = this.#options
    const many = this.#names.length > colours
    const axis = {
      stroke: this.#colour('--soft'),
      grid: { stroke: this.#colour('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    }
    return {
      width: this.#canvas.clientWidth,
      height,
      legend: { show: false },
      cursor: { sync: { key: 'console' }, y: false, drag: { x: false, y: false }, points: { show: !many, size: 6 } },
      hooks: { setCursor: [() => this.#showLegend()] },
      scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, most ?? Math.max(least, (max || 0) * 1.1)] } },
      axes: [
        { ...axis, space: 70, size: 26, gap: 4, values: (_plot, splits) => splits.map(clock) },
        {
          ...axis,
          size: 58,
          gap: 4,
          space: 32,
          values: (_plot, splits) => splits.map((value) => format(value)),
          ...(steps === undefined ? {} : { incrs: steps }),
        },
      ],
      series: [
        {},
        ...this.#names.map((_name, index) => ({
          stroke: this.#colour(many ? '--many' : `--series-${index}`),
          width: many ? 1 : 1.6,
          // A second mark beside the colour, where colours come near each other.
          ...(!many && index >= 4 ? { dash: [6, 3] } : {}),
          points: { show: false },
          spanGaps: false,
        })),
      ],
    }
  }

  #showLegend(): void {
    const { at, lines } = this.#data
    const { format, title } = this.#options
    const index = this.#plot?.cursor.idx ?? at.length - 1
    const values = lines.map(({ name, values }) => ({ name, value: values[index] }))
    const items = values.length > colours ? extremes(values) : values
    while (this.#legend.childElementCount > items.length) this.#legend.lastElementChild!.remove()
    items.forEach(({ name, value }, place) => {
      const item = this.#legend.children[place] ?? this.#legend.appendChild(make('span'))
      const mark = values.length > colours ? 'many' : `series-${place}`
      if (item.className !== mark) item.className = mark
      setText(item, `${name} ${format(value)}`)
    })
    this.#canvas.setAttribute('aria-label', `${title}: ${items.map(({ name, value }) => `${name} ${format(value)}`).join(', ')}`)
  }

  // A canvas knows no custom properties: an element that is never seen works the colour out.
  #colour(property: string): string {
    this.#probe.style.color = `var(${property})`
    return getComputedStyle(this.#probe).color
  }
}

interface Value {
  readonly name: string
  readonly value: number | null | undefined
}

function extremes(values: readonly Value[]): Value[] {
  const known = values.filter(({ value }) => typeof value === 'number').sort((a, b) => b.value! - a.value!)
  const [highest] = known
  if (highest === undefined) return []
  return [
    { name: `highest, ${highest.name}:`, value: highest.value },
    { name: 'median:', value: known[known.length >> 1]!.value },
    { name: 'lowest:', value: known.at(-1)!.value },
  ]
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
const clock = (seconds: number): string => clockFormat.format(seconds * 1_000)
