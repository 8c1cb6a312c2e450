import { Chart, type Line } from './chart.ts'
import { byId } from './dom.ts'
import { bytes, count, millis, percent, rate } from './format.ts'
import type { Samples } from './samples.ts'

const windowSeconds = 600
// A page that was just opened on a young cluster shows its first minute in full width, not a mark at the edge of ten.
const leastSeconds = 60

const mebibyte = 1_048_576
const memorySteps = Array.from({ length: 20 }, (_, power) => 2 ** power * mebibyte)

/** The last ten minutes, once for the whole cluster and once a loop. */
export class Charts {
  readonly #samples: Samples
  readonly #together: readonly { readonly chart: Chart; readonly lines: readonly (readonly [series: string, name: string])[] }[]
  readonly #perLoop: readonly { readonly chart: Chart; readonly series: string }[]

  constructor(samples: Samples) {
    this.#samples = samples
    this.#together = [
      {
        chart: new Chart(byId('chart-requests'), { title: 'Requests per second', format: rate, least: 10 }),
        lines: [
          ['requests', 'taken'],
          ['shed', 'shed'],
        ],
      },
      {
        chart: new Chart(byId('chart-flight'), { title: 'Open requests', format: count, least: 5 }),
        lines: [
          ['inFlight', 'in flight'],
          ['queued', 'queued'],
        ],
      },
    ]
    this.#perLoop = [
      { chart: new Chart(byId('chart-utilization'), { title: 'Utilization', format: percent, least: 1, most: 1 }), series: 'utilization' },
      { chart: new Chart(byId('chart-delay'), { title: 'Delay p99', format: millis, least: 10 }), series: 'delayP99Ms' },
      {
        chart: new Chart(byId('chart-memory'), { title: 'Memory', format: bytes, least: 64 * mebibyte, steps: memorySteps }),
        series: 'rssBytes',
      },
    ]
  }

  show(): void {
    const at = this.#samples.at.map((time) => time / 1_000)
    const [first, last] = [at[0], at.at(-1)]
    if (first === undefined || last === undefined) return
    const from = last - Math.min(windowSeconds, Math.max(leastSeconds, last - first))
    const nothing = at.map(() => null)
    for (const { chart, lines } of this.#together) {
      chart.show(
        at,
        lines.map(([series, name]) => ({ name, values: this.#samples.series(series) ?? nothing })),
        from,
      )
    }
    for (const { chart, series } of this.#perLoop) chart.show(at, this.#linesOf(series), from)
  }

  #linesOf(series: string): Line[] {
    const ids = [...this.#samples.names()].filter((name) => name.startsWith(`${series}/`)).map((name) => name.slice(series.length + 1))
    return ids.sort((a, b) => Number(a) - Number(b)).map((id) => ({ name: `loop ${id}`, values: this.#samples.series(`${series}/${id}`)! }))
  }
}
