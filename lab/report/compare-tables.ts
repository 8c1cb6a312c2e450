import type { Comparison, ModelResult, Step } from '../compare/comparison.ts'
import { sharesOf } from '../compare/workload.ts'
import { commonRate, stepAt } from '../compare/ranking.ts'
import { dataTable, type Cell } from './data-table.ts'
import { figure, mebibytes, memoryText } from '../figures.ts'
import { markup, type Html } from './markup.ts'

/** The models side by side, at the rate that all of them keep up with. */
export function summaryTable(comparison: Comparison): Html {
  const { models, verdict } = comparison
  const rate = commonRate(models)
  const steps = models.map((model) => stepAt(model, rate))
  const columns = [
    column(
      'Capacity, requests/s',
      models.map(({ capacity }) => capacity),
      Math.max,
    ),
    ...measures.map(([name, of]) =>
      column(
        name,
        steps.map((step) => (step === undefined ? NaN : of(step))),
        Math.min,
      ),
    ),
  ]
  return dataTable({
    caption: `The models side by side, at ${figure(rate ?? NaN)} requests per second`,
    columns: ['Model', 'Workers', ...columns.map(({ name }) => name)],
    rows: models.map(({ model, title, workers }, at) => [
      model === verdict.best ? markup`${title}<br><span class="fits">fits best</span>` : title,
      workers,
      ...columns.map(({ cells }) => cells[at]!),
    ]),
  })
}

const measures: readonly (readonly [name: string, of: (step: Step) => number])[] = [
  ['p99, ms', ({ p99Ms }) => p99Ms],
  ['CPU per request, µs', ({ cpuUs }) => cpuUs],
  ['Memory, MiB', ({ memoryBytes }) => mebibytes(memoryBytes)],
  ['Switches per request, voluntary', ({ voluntarySwitches }) => voluntarySwitches],
  ['Switches per request, involuntary', ({ involuntarySwitches }) => involuntarySwitches],
]

/** The best of a column stands out, where there is more than one to choose from. */
function column(name: string, values: readonly number[], best: (...values: number[]) => number): { name: string; cells: Cell[] } {
  const known = values.filter(Number.isFinite)
  const top = known.length > 1 ? best(...known) : NaN
  return { name, cells: values.map((value) => (value === top ? markup`<strong>${figure(value)}</strong>` : value)) }
}

/** Who waits for whom: the routes of the workload under each model. */
export function routesTable(comparison: Comparison): Html | undefined {
  const { workload, models } = comparison
  const rate = commonRate(models)
  if (workload.routes.length < 2 || rate === undefined) return undefined
  return markup`<h3>Who waits for whom</h3>
<p>The p99 of each route by itself, in milliseconds, at ${figure(rate)} requests per second. Where a quick route is slow, it waits for another.</p>
${dataTable({
  caption: `p99 of each route in milliseconds, at ${figure(rate)} requests per second`,
  columns: ['Route', ...models.map(({ title }) => title)],
  rows: workload.routes.map(({ method, path }, route) => [
    markup`<code>${method} ${path}</code>`,
    ...models.map((model) => stepAt(model, rate)?.routes[route]?.p99Ms ?? NaN),
  ]),
})}`
}

/** What every model gets. */
export function workloadTable({ workload }: Comparison): Html {
  const shares = sharesOf(workload.routes)
  return dataTable({
    caption: 'The workload',
    columns: ['Route', 'Share of the requests, %'],
    rows: workload.routes.map(({ method, path }, index) => [markup`<code>${method} ${path}</code>`, shares[index]! * 100]),
  })
}

/** All that was measured of a model. */
export const stepsTable = ({ title, steps }: ModelResult): Html =>
  dataTable({
    caption: `All steps of ${title}`,
    columns: [
      'Offered, requests/s',
      'Kept up',
      'Good answers/s',
      'Sent',
      'Good',
      'Refused',
      'Failed',
      'p50, ms',
      'p99, ms',
      'p99.9, ms',
      'Queue p50, ms',
      'Queue p99, ms',
      'Cores busy',
      'CPU per request, µs',
      'Memory',
      'Voluntary switches per request',
      'Involuntary switches per request',
      'Client late (p99), ms',
    ],
    rows: steps.map((step) => [
      figure(step.offered),
      step.saturated ? 'no' : 'yes',
      step.throughput,
      step.sent,
      step.good,
      step.refused,
      step.failed,
      step.p50Ms,
      step.p99Ms,
      step.p999Ms,
      step.queueP50Ms,
      step.queueP99Ms,
      step.cpus,
      step.cpuUs,
      memoryText(step.memoryBytes),
      step.voluntarySwitches,
      step.involuntarySwitches,
      step.clientLateMs ?? NaN,
    ]),
  })
