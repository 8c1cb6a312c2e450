import type { Chart } from '../report/chart.ts'
import { dataTable } from '../report/data-table.ts'
import { figure, memoryText, mebibytes } from '../figures.ts'
import { lessonStyle } from '../report/lesson-style.ts'
import { lesson } from '../report/lesson.ts'
import { lineChart } from '../report/line-chart.ts'
import { type Html, markup } from '../report/markup.ts'
import { htmlPage, type Section } from '../report/page.ts'

import type { Advice } from './advice.ts'
import { aloneMs } from './route-demand.ts'
import { fitScaling, type Throughput, throughputOf } from './usl.ts'

/** Advice as one self-contained HTML page. */
export const advisePage = (advice: Advice): string =>
  htmlPage({
    kicker: 'evenloop advise',
    title: `How many workers does the workload “${advice.workload.name}” need?`,
    lead: markup`<div class="verdict"><p class="answer"><span>Recommended</span> <strong>${advice.recommendation.title}</strong></p>
${advice.sentences.slice(0, 1).map((sentence) => markup`<p class="lead">${sentence}</p>`)}
<pre><code>${advice.command}</code></pre></div>`,
    sections: [reasons(advice), lesson, outcome(advice), demands(advice), ...scaling(advice), weighed(advice), method(advice)],
    style: lessonStyle + style,
    foot: `Written by evenloop ${advice.version} advise, ${advice.startedAt}.`,
  })

const reasons = ({ sentences }: Advice): Section => ({
  id: 'reasons',
  title: 'Why',
  body: markup`<ul>${sentences.slice(1).map((sentence) => markup`<li>${sentence}</li>`)}</ul>`,
})

function outcome(advice: Advice): Section {
  const { recommendation, measured, workload } = advice
  const { predicted, byChance, goal } = recommendation
  const lines: (readonly [string, number, number, number])[] = [
    ['Answers per second', predicted.perSecond, byChance.perSecond, measured?.throughput ?? NaN],
    ['p50 (ms)', predicted.p50Ms, byChance.p50Ms, measured?.p50Ms ?? NaN],
    ['p99 (ms)', predicted.p99Ms, byChance.p99Ms, measured?.p99Ms ?? NaN],
    ...workload.routes.map(
      ({ path }, at) =>
        [`p99 of ${path} (ms)`, predicted.routes[at]!.p99Ms, byChance.routes[at]!.p99Ms, measured?.routes[at]?.p99Ms ?? NaN] as const,
    ),
  ]
  return {
    id: 'outcome',
    title: measured === undefined ? 'What is predicted' : 'Predicted and measured',
    body: markup`<p>At ${figure(goal.rate)} requests per second. ${
      measured === undefined
        ? 'The running cluster was only observed, so that nothing was tried out.'
        : 'The recommendation was run at this rate, with requests sent evenly, to see whether the prediction holds.'
    } People do not come evenly: the third column says what to expect then.</p>
${dataTable({ caption: 'Predicted and measured', columns: ['What', 'Predicted', 'Predicted, by chance', 'Measured'], rows: lines })}
${triedTable(advice)}`,
  }
}

function triedTable({ tried, failures, recommendation }: Advice): Html {
  const rows = tried.map(({ option, measured }) => [
    option.title === recommendation.title ? markup`${option.title} <span class="soft">(recommended)</span>` : option.title,
    option.predicted.p99Ms,
    measured.p99Ms,
    measured.saturated ? 'no' : 'yes',
    mebibytes(option.memoryBytes),
  ])
  const columns = ['Cluster', 'Predicted p99 (ms)', 'Measured p99 (ms)', 'Kept up', 'Memory (MiB)']
  return markup`${
    tried.length > 1 &&
    markup`<p>The best of each other kind that came near, and larger ones of each kind, were run too. What was measured decided: of each the middle one of its runs.</p>${dataTable({ caption: 'What was run', columns, rows })}`
  }
${failures.map((failure) => markup`<p>It could not be tried out: ${failure}</p>`)}`
}

const demands = ({ findings: { routes } }: Advice): Section => ({
  id: 'demands',
  title: 'What requests ask for',
  body: markup`<p>Milliseconds of one request that is alone. While it <b>computes</b> or <b>holds</b>, its worker can do nothing else; while it
<b>waits</b>, an event loop does other work and a sync worker stands idle; it <b>waits its turn</b> where something serves one request at a time.</p>
${dataTable({
  caption: 'Demand of each route',
  columns: ['Route', 'Share of requests (%)', 'Alone', 'Computes', 'Holds', 'Waits', 'Waits its turn'],
  rows: routes.map((route) => [route.name, route.share * 100, aloneMs(route), route.cpuMs, route.heldMs, route.waitMs, route.lockMs]),
})}`,
})

function scaling({ findings: { syncWorkers, loops } }: Advice): Section[] {
  if (syncWorkers.length === 0) return []
  const chart: Chart = {
    title: 'Throughput against workers',
    description:
      'Dots are measured: the most that so many answered. The curve is the universal scalability law: a straight line means that each worker adds as much as the first, a bend that they wait for something in common.',
    x: { label: 'Workers', unit: '' },
    y: { label: 'Good answers', unit: 'requests/s' },
    series: [
      { name: 'sync workers, measured', kind: 'dots', points: points(syncWorkers), look: 0 },
      { name: 'the law of scalability', kind: 'curve', points: curve(syncWorkers), look: 0 },
      ...(loops.length === 0 ? [] : [{ name: 'event loops, measured', kind: 'dots' as const, points: points(loops), look: 1 }]),
    ],
  }
  return [{ id: 'scaling', title: 'What more workers bring', body: lineChart(chart) }]
}

const points = (measured: readonly Throughput[]) => measured.map(({ workers, perSecond }) => ({ x: workers, y: perSecond }))

function curve(measured: readonly Throughput[]): { x: number; y: number }[] {
  const fit = fitScaling(measured)
  const most = Math.max(...measured.map(({ workers }) => workers))
  if (fit === undefined) return []
  const steps = 48
  return Array.from({ length: steps + 1 }, (_, step) => 1 + ((most - 1) * step) / steps).map((x) => ({ x, y: throughputOf(fit, x) }))
}

function weighed({ recommendation: { options, setup, goal, workers } }: Advice): Section {
  const p99 = (name: string, isIn: (option: (typeof options)[number]) => boolean) => ({
    name,
    kind: 'dots' as const,
    points: options.filter(isIn).map(({ workers, predicted }) => ({ x: workers, y: predicted.p99Ms })),
  })
  const groups = [
    p99('sync workers', (option) => option.setup.model === 'sync'),
    p99('event loops', (option) => option.setup.model !== 'sync' && option.setup.blockingWorkers === 0),
    p99('loops and workers for blocking routes', (option) => option.setup.blockingWorkers > 0),
  ].filter(({ points }) => points.length > 0)
  const chart: Chart = {
    title: 'Predicted p99 against workers',
    description: `Lower is better, and further left is cheaper: 99 of 100 answers are predicted within this time, at ${figure(goal.rate)} requests per second.`,
    x: { label: 'Workers', unit: '', log: options.some(({ workers }) => workers > 40) },
    y: { label: 'p99', unit: 'ms', log: true },
    series: groups,
    marks: [{ x: workers, label: 'recommended' }],
  }
  const row = ({ title, predicted, ceiling, memoryBytes, ...option }: (typeof options)[number]): readonly (string | number | Html)[] => [
    option.setup === setup ? markup`<b>${title}</b>` : title,
    predicted.p99Ms,
    ceiling.perSecond,
    mebibytes(memoryBytes),
  ]
  return {
    id: 'weighed',
    title: 'What was weighed',
    body: markup`${options.length > 1 && lineChart(chart)}
<details><summary>All clusters that can keep up</summary>${dataTable({
      caption: 'Clusters weighed',
      columns: ['Cluster', 'Predicted p99 (ms)', 'At most (requests/s)', 'Memory (MiB)'],
      rows: options.map(row),
    })}</details>`,
  }
}

const method = ({ machine, app, measured }: Advice): Section => ({
  id: 'method',
  title: 'How this was found',
  body: markup`<ul>
<li>${app} on ${machine.cpus} CPUs with ${memoryText(machine.memoryBytes)} of memory, Node ${machine.node}, ${machine.system}.</li>
<li>${
    measured === undefined
      ? 'A running cluster was observed: its rates, how long each route held its event loop, CPU time and response times.'
      : 'Each route was asked for alone, one request after the other, for what it takes by itself; then many at once, for what it costs under load. Then all together, of more and more workers, as much as they could answer.'
  }</li>
<li>Every cluster that could do was simulated: queues, event loops that run turn after turn, CPUs that are shared, and what serves one request at a time.</li>
<li>Of those that are as good as the best (5 %), the one that takes the least memory is recommended.</li>
</ul>`,
})

const style = `
.verdict { margin: 1.5rem 0 1.25rem; padding: 1.4rem 1.6rem 0.6rem; border: 1px solid var(--line); border-left: 6px solid var(--accent); border-radius: 14px; background: var(--card); }
.answer { margin-bottom: 0.6rem; font-size: clamp(1.25rem, 1rem + 1.2vw, 1.6rem); line-height: 1.25; }
.answer span { display: block; color: var(--soft); font-size: 0.95rem; font-weight: 600; }
`
