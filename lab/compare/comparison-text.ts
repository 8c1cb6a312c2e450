import { asText, type Table } from '../table.ts'

import { amount, memoryText } from '../figures.ts'
import type { Comparison, ModelResult, Step } from './comparison.ts'

const columns: Table['columns'] = [
  'RATE',
  'GOOD/S',
  'P50 MS',
  'P99 MS',
  'P99.9 MS',
  'QUEUE P99 MS',
  'CPUS',
  'CPU MS',
  'MEMORY',
  'SWITCHES',
  'FORCED',
  '',
].map((name) => ({ name, digits: 0 }))

/** A comparison for a terminal: the figures, then what they mean. */
export function comparisonText(comparison: Comparison): string {
  const { models, verdict, notes = [] } = comparison
  return [
    titleOf(comparison),
    figuresOf(models).join('\n'),
    'RATE and GOOD/S: requests offered and answered well, a second. Times are from when each was due. CPU MS, SWITCHES (context\nswitches, to wait) and FORCED (interrupted) are of one request, in all processes of the cluster.',
    ...verdict.sentences.map((sentence) => wrapped(sentence, '')),
    ...notes.map((note) => wrapped(note, 'Note: ')),
    '',
  ].join('\n\n')
}

function titleOf({ app, workload, budget, machine, stepSeconds }: Comparison): string {
  const routes = workload.routes.map(({ method, path, weight }) => `${method} ${path}${workload.routes.length > 1 ? ` (${weight})` : ''}`)
  const share = budget.by === 'workers' ? `${budget.workers} workers` : `${memoryText(budget.bytes)} of memory`
  return `${app}: ${workload.name} (${routes.join(', ')}), ${share} each, ${machine.cpus} CPUs, ${stepSeconds} s a rate`
}

/** One table, its columns alike for all, with a line above the steps of each model. */
function figuresOf(models: readonly ModelResult[]): string[] {
  const lines = models.flatMap(({ steps }) => steps.map(cellsOf))
  const [, head, ...rows] = asText({ title: '', columns, lines })
    .split('\n')
    .map((line) => `  ${line}`)
  const sections = models.flatMap(({ title, capacity, steps }) => [
    `${title}: can take ${amount(capacity)} requests/s`,
    ...rows.splice(0, steps.length),
  ])
  return [head!, ...sections]
}

const cellsOf = (step: Step): string[] => [
  amount(step.offered),
  amount(step.throughput),
  amount(step.p50Ms),
  amount(step.p99Ms),
  amount(step.p999Ms),
  amount(step.queueP99Ms),
  step.cpus.toFixed(2),
  amount(step.cpuUs / 1_000),
  memoryText(step.memoryBytes),
  amount(step.voluntarySwitches),
  amount(step.involuntarySwitches),
  step.saturated ? 'too much' : '',
]

const width = 110

function wrapped(text: string, begin: string): string {
  const lines = ['']
  for (const word of `${begin}${text}`.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join('\n')
}
