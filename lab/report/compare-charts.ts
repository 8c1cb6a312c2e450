import type { Comparison, ModelResult, Step } from '../compare/comparison.ts'
import type { Axis, Chart, Series } from './chart.ts'
import { mebibytes } from '../figures.ts'
import { lineChart, swatch } from './line-chart.ts'
import { markup, type Html } from './markup.ts'
import { sideBySide } from './side-by-side.ts'

/** The charts about what users feel. */
export function serviceCharts(comparison: Comparison): Html {
  const x = offered(comparison)
  const chart = chartOf(comparison, x)
  const done = chart(
    'Answers against what was asked for',
    'On the dotted line every request is answered. Where a line leaves it, the model has more to do than it can: that is its capacity.',
    { label: 'Good answers', unit: 'requests/s', log: x.log === true },
    ({ throughput }) => throughput,
  )
  const all = { name: 'all that was asked for', kind: 'reference', points: comparison.rates.map((rate) => ({ x: rate, y: rate })) } as const
  const { rate = NaN, kept } = sideBySide(comparison.models)
  const marks = kept && comparison.models.length > 1 ? [{ x: rate, label: 'all keep up here' }] : []
  return markup`${lineChart({ ...done, series: [...done.series, all], marks })}
${lineChart(chart('A usual answer (p50)', 'Lower is better: half of the answers came within this time. Lines rise where requests begin to wait for each other.', time('p50'), ({ p50Ms }) => p50Ms))}
${lineChart(chart('A slow answer (p99)', 'Lower is better: 99 of 100 answers came within this time. Where a line turns up, that model is near its limit, long before it fails.', time('p99'), ({ p99Ms }) => p99Ms))}
${lineChart(chart('The slowest answers (p99.9)', 'Lower is better: all but one of 1,000 answers came within this time. Whoever opens a page of many requests meets it often.', time('p99.9'), ({ p999Ms }) => p999Ms))}
${lineChart(chart('Waiting in the queue', 'Lower is better: 99 of 100 requests were taken by a worker within this time. A point on the floor of the chart hardly waited, or not at all.', time('Queue, p99'), ({ queueP99Ms }) => queueP99Ms))}`
}

/** The charts about what it takes. */
export function costCharts(comparison: Comparison): Html {
  const chart = chartOf(comparison, offered(comparison))
  const switches = { label: 'Per request', unit: '' }
  return markup`${lineChart(chart('CPU', `How many of the machine’s ${comparison.machine.cpus} cores were at work. The client that asks shares them; its part is not in these lines.`, { label: 'Cores busy', unit: '' }, ({ cpus }) => cpus))}
${lineChart(chart('CPU for one request', 'Lower is better: what one answer costs. A line that falls as load grows shares its fixed costs among more requests.', { label: 'CPU time', unit: 'µs' }, ({ cpuUs }) => cpuUs))}
${lineChart(chart('Memory', 'Lower is better: that of all processes together. Look how far apart the models lie; a line’s small ups and downs mean little.', { label: 'Memory', unit: 'MiB' }, ({ memoryBytes }) => mebibytes(memoryBytes)))}
${lineChart(chart('Voluntary context switches', 'How often a worker went to sleep for each request, because it had nothing to go on with. Under load a loop finds the next request there already, and sleeps less.', switches, ({ voluntarySwitches }) => voluntarySwitches))}
${lineChart(chart('Involuntary context switches', 'How often a worker was interrupted for each request, because another wanted its core. Workers that are more than the cores get in each other’s way.', switches, ({ involuntarySwitches }) => involuntarySwitches))}`
}

/** Chooses which models the charts show; it needs no script. */
export const choice = (models: readonly ModelResult[]): Html =>
  markup`<fieldset class="choice"><legend>Models in the charts</legend>${models.map(
    ({ title }, at) =>
      markup`<label class="look-${at % 8}"><input type="checkbox" id="show-${at}" checked>${swatch(at)}<span>${title}</span></label>`,
  )}</fieldset>`

const offered = ({ rates }: Comparison): Axis => {
  const [low = 1, high = 1] = [rates[0], rates.at(-1)]
  return { label: 'Offered load', unit: 'requests/s', log: low > 0 && high / low > 20 }
}

const time = (label: string): Axis => ({ label, unit: 'ms', log: true })

const chartOf =
  ({ models, verdict }: Comparison, x: Axis) =>
  (title: string, description: string, y: Axis, of: (step: Step) => number): Chart => ({
    title,
    description,
    x,
    y,
    series: models.map(({ model, title, steps }): Series => ({
      name: title,
      emphasis: model === verdict.best && models.length > 1,
      points: steps.map((step) => ({ x: step.offered, y: of(step), hollow: step.saturated })),
    })),
  })
