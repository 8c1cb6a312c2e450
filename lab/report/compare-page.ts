import type { Comparison } from '../compare/comparison.ts'
import { choice, costCharts, serviceCharts } from './compare-charts.ts'
import { compareStyle } from './compare-style.ts'
import { summary, verdict } from './compare-summary.ts'
import { stepsTable, workloadTable } from './compare-tables.ts'
import { figure, memoryText } from '../figures.ts'
import { lessonStyle } from './lesson-style.ts'
import { lesson } from './lesson.ts'
import { markup, type Html } from './markup.ts'
import { modelText } from './model-text.ts'
import { htmlPage, type Section } from './page.ts'

/** A comparison as one self-contained HTML page. */
export const comparePage = (comparison: Comparison): string =>
  htmlPage({
    kicker: 'evenloop compare',
    title: `Which model fits the workload “${comparison.workload.name}”?`,
    lead: verdict(comparison),
    sections: [summary(comparison), lesson, setting(comparison), ...charts(comparison), method(comparison), everything(comparison)],
    style: lessonStyle + compareStyle(comparison.models.length),
    foot: `Written by evenloop ${comparison.version} compare, ${moment(comparison.startedAt)}.`,
  })

function setting(comparison: Comparison): Section {
  const { machine, app, workload, budget, startedAt } = comparison
  return {
    id: 'setting',
    title: 'Machine and workload',
    body: markup`<dl class="facts">
${fact('Machine', `${machine.cpus} ${machine.cpus === 1 ? 'core' : 'cores'}, ${memoryText(machine.memoryBytes)} of memory, ${machine.system}`)}
${fact('Node', machine.node)}
${fact('App', app)}
${fact('Workload', known[workload.name] ?? workload.name)}
${fact('Each model gets', budget.by === 'workers' ? `as many workers as it has use for, up to ${budget.workers}` : `${memoryText(budget.bytes)} of memory`)}
${fact('Begun', moment(startedAt))}
</dl>
${workloadTable(comparison)}`,
  }
}

const known: Readonly<Record<string, string>> = {
  io: 'io: requests that mostly wait for something',
  cpu: 'cpu: requests that compute',
  mixed: 'mixed: most requests wait, some hold their worker',
}

const fact = (name: string, value: string): Html => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`

const charts = (comparison: Comparison): Section[] => [
  {
    id: 'service',
    title: 'What users feel',
    body: markup`<p>Further right, more is asked for. A hollow point is one where the model no longer kept up: requests pile up then, and times there depend on how
long one waits to look. Point at a chart for its values, or reach it by keyboard and use the arrow keys.</p>
${comparison.models.length > 1 && choice(comparison.models)}${serviceCharts(comparison)}`,
  },
  { id: 'cost', title: 'What it takes', body: costCharts(comparison) },
]

const method = ({ stepSeconds, models }: Comparison): Section => ({
  id: 'method',
  title: 'How it was measured',
  body: markup`<ul>
<li>Every model ran the same app behind the same balancer and got the same requests at the same rates, for ${figure(stepSeconds)} seconds each.</li>
<li>Requests are sent when they are due, whether earlier ones have been answered or not, as users do. The time of each runs <b>from the moment it was due</b>:
when the app stands still, all who would have asked meanwhile are counted as waiting.</li>
<li>The client that asks ran on the same machine and took part of its cores. On a machine of its own the app would do more; what is fair here is the comparison.</li>
<li>CPU, memory and context switches are those of all of evenloop’s processes together (supervisor, balancers, workers), without the client.</li>
<li>A step is saturated where good answers fell behind what was offered. Rates far beyond that were not tried.</li>
<li>One run is one run. Where two models are close, run it again before you choose between them.</li>
</ul>
<h3>The same by hand</h3>
${models.map(({ title, model, command }) => markup`<p class="by-hand"><b>${title}</b>. ${modelText[model]}</p><pre><code>${command}</code></pre>`)}`,
})

const everything = ({ models }: Comparison): Section => ({
  id: 'all',
  title: 'All figures',
  body: markup`${models.map((model) => markup`<details><summary>${model.title}</summary>${stepsTable(model)}</details>`)}`,
})

/** For people, in UTC; as it is where it is no time. */
function moment(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
