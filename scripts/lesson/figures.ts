import { modelNames, type Comparison, type ModelName, type ModelResult, type Step } from '../../lab/compare/comparison.ts'
import { figure, table } from './markdown.ts'
import { words, type Language } from './words.ts'

export const workloads = ['io', 'cpu', 'mixed'] as const
export type WorkloadName = (typeof workloads)[number]

/** What has been measured, and at which commit. */
export type Figures = Readonly<Partial<Record<WorkloadName, Comparison & { readonly commit?: string }>>>

/** What each model can do: the most that it kept up on each workload. */
export function capacityBlock(figures: Figures, language: Language): string {
  const { models, columns, capacities } = words[language]
  const measured = workloads.flatMap((name) => figures[name] ?? [])
  const lines = modelNames
    .map((name) => ({ name, results: measured.map((comparison) => resultOf(comparison, name)) }))
    .filter(({ results }) => results.some((result) => result !== undefined))
    .map(({ name, results }) => [
      models[name],
      figure(results.find((result) => result !== undefined)?.workers, 0, language),
      ...results.map((result) => figure(result?.capacity, 0, language)),
    ])
  const head = [columns.model, columns.workers, ...measured.map(({ workload }) => `\`${workload.name}\`, ${columns.capacity}`)]
  return block(lines.length === 0 ? [] : [capacities, table(head, lines)], figures, workloads, language)
}

/** Who waits for whom: the p99 of each route of the mixed workload. */
export function routesBlock(figures: Figures, language: Language, { pictureIsThere }: { pictureIsThere: boolean }): string {
  const { models, columns, overloaded, routesAt, picture } = words[language]
  const parts = comparisonParts(figures.mixed, (comparison, rate) => [
    routesAt('mixed', figure(rate, 0, language)),
    table(
      [columns.model, ...comparison.workload.routes.map(({ method, path }) => `\`${method} ${path}\``)],
      comparison.models.map((result) => {
        const step = unsaturatedAt(result, rate)
        return [
          models[result.model],
          ...comparison.workload.routes.map((_, route) =>
            step === undefined ? overloaded : figure(step.routes[route]?.p99Ms, 1, language),
          ),
        ]
      }),
    ),
  ])
  const image = `![${picture}](${language === 'en' ? '..' : '../..'}/images/console-workers.png)`
  return block(pictureIsThere ? [image, ...parts] : parts, figures, ['mixed'], language)
}

/** What it costs to let a request wait. */
export function costBlock(figures: Figures, language: Language): string {
  const { models, columns, overloaded, costAt } = words[language]
  const head = [columns.model, columns.workers, columns.memory, columns.cpu, columns.voluntary, columns.involuntary]
  const parts = comparisonParts(figures.io, (comparison, rate) => [
    costAt('io', figure(rate, 0, language)),
    table(
      head,
      comparison.models.map((result) => {
        const step = unsaturatedAt(result, rate)
        const cells =
          step === undefined
            ? [overloaded, '–', '–', '–']
            : [
                figure(step.memoryBytes / 2 ** 20, 0, language),
                figure(step.cpuUs, 0, language),
                figure(step.voluntarySwitches, 2, language),
                figure(step.involuntarySwitches, 2, language),
              ]
        return [models[result.model], figure(result.workers, 0, language), ...cells]
      }),
    ),
  ])
  return block(parts, figures, ['io'], language)
}

/** Which model fits which workload, and how the queue before sync workers grows. */
export function choiceBlock(figures: Figures, language: Language): string {
  const { models, columns, overloaded } = words[language]
  const verdicts = workloads.flatMap((name) => {
    const comparison = figures[name]
    const best = comparison && resultOf(comparison, comparison.verdict.best)
    if (comparison === undefined || best === undefined) return []
    const rate = commonRate(comparison)
    const least = Math.min(...comparison.models.map(({ capacity }) => capacity))
    return [
      [
        `\`${name}\``,
        models[best.model],
        figure(best.capacity, 0, language),
        figure(least > 0 ? best.capacity / least : undefined, 1, language),
        rate === undefined ? '–' : (latency(best, rate, language) ?? overloaded),
        figure(rate, 0, language),
      ],
    ]
  })
  const head = [columns.workload, columns.best, columns.capacity, columns.againstLeast, columns.p99, columns.offered]
  const parts = [...(verdicts.length === 0 ? [] : [table(head, verdicts, 2)]), ...queueParts(figures.io, language)]
  return block(parts, figures, workloads, language)
}

function queueParts(comparison: Comparison | undefined, language: Language): string[] {
  const sync = comparison?.models.find(({ model }) => model.startsWith('sync'))
  if (comparison === undefined || sync === undefined) return []
  const { models, columns, overloaded, queueOf } = words[language]
  const hybrid = resultOf(comparison, 'hybrid')
  const head = [columns.offered, columns.answered, columns.queueP50, columns.queueP99, columns.p99, columns.otherP99]
  const lines = sync.steps.map((step) => [
    figure(step.offered, 0, language),
    figure(step.throughput, 0, language),
    ...[step.queueP50Ms, step.queueP99Ms, step.p99Ms].map((value) => (step.saturated ? overloaded : figure(value, 1, language))),
    hybrid === undefined ? '–' : (latency(hybrid, step.offered, language) ?? overloaded),
  ])
  return [queueOf('io', models[sync.model]), table(head, lines, 0)]
}

/** The highest rate that every model kept up; where there is none, the lowest that was offered. */
export function commonRate({ rates, models }: Comparison): number | undefined {
  const kept = rates.filter((rate) => models.every((result) => unsaturatedAt(result, rate) !== undefined))
  return kept.at(-1) ?? rates[0]
}

const comparisonParts = (comparison: Comparison | undefined, parts: (comparison: Comparison, rate: number) => string[]): string[] => {
  const rate = comparison && commonRate(comparison)
  return comparison === undefined || rate === undefined ? [] : parts(comparison, rate)
}

const resultOf = ({ models }: Comparison, name: ModelName): ModelResult | undefined => models.find(({ model }) => model === name)

/** Beyond saturation latency says only how long the measurement lasted. */
const unsaturatedAt = ({ steps }: ModelResult, rate: number): Step | undefined =>
  steps.find((step) => step.offered === rate && !step.saturated)

const latency = (result: ModelResult, rate: number, language: Language): string | undefined => {
  const step = unsaturatedAt(result, rate)
  return step && figure(step.p99Ms, 1, language)
}

/** The tables, and below them on what machine each workload was measured, or how it can be. */
const block = (parts: readonly string[], figures: Figures, shown: readonly WorkloadName[], language: Language): string =>
  [...parts, shown.map((name) => origin(name, figures[name], language)).join('\n')].join('\n\n')

function origin(name: WorkloadName, comparison: Figures[WorkloadName], language: Language): string {
  const { measured, missing, workers, memory, cpus } = words[language]
  if (comparison === undefined) return missing(name, `npm run docs:figures ${name}`)
  const { machine, version, startedAt, budget, commit } = comparison
  const measuredVersion = commit === undefined ? version : `${version} (${commit})`
  const system = [cpus(machine.cpus), machine.system, `Node ${machine.node}`, `evenloop ${measuredVersion}`, startedAt.slice(0, 10)].join(
    ', ',
  )
  return measured(name, system, budget.by === 'workers' ? workers(budget.workers) : memory(figure(budget.bytes / 2 ** 20, 0, language)))
}
