import type { Comparison } from '../compare/comparison.ts'
import { stepAt } from '../compare/ranking.ts'
import { routesTable, summaryTable } from './compare-tables.ts'
import { figure } from '../figures.ts'
import { markup, type Html } from './markup.ts'
import type { Section } from './page.ts'
import { sideBySide, type SideBySide } from './side-by-side.ts'

/** The answer, before everything else. */
export function verdict(comparison: Comparison): Html {
  const { sentences, best } = comparison.verdict
  const winner = comparison.models.find(({ model }) => model === best)
  return markup`<div class="verdict"><p class="answer"><span>Best fit</span> <strong>${winner?.title ?? best}</strong></p>
${sentences.map((sentence, at) => (at === 0 ? markup`<p class="lead">${sentence}</p>` : markup`<p>${sentence}</p>`))}
${order(comparison)}</div>${remarks(comparison)}`
}

/** Who comes where; models that do not differ, to what can be told, share a place. */
function order({ models, verdict: { ranking = [] } }: Comparison): Html | undefined {
  if (ranking.length < 2) return undefined
  const titleOf = (name: string): string => models.find(({ model }) => model === name)?.title ?? name
  return markup`<p class="order">From the one that fits best:</p><ol>${ranking.map(
    (place) =>
      markup`<li>${place.map(titleOf).join(' · ')}${place.length > 1 && markup` <span class="soft">(no telling apart)</span>`}</li>`,
  )}</ol>`
}

function remarks({ notes = [] }: Comparison): Html | undefined {
  if (notes.length === 0) return undefined
  return markup`<aside aria-label="Remarks"><p><b>Before you believe it</b></p><ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul></aside>`
}

/** What the answer rests on. */
export function summary(comparison: Comparison): Section {
  const { models, verdict } = comparison
  const common = sideBySide(models)
  const { rate } = common
  const winner = models.find(({ model }) => model === verdict.best)
  const step = winner && stepAt(winner, rate)
  const others = models.filter((model) => model !== winner)
  const otherSteps = others.map((model) => stepAt(model, rate))
  return {
    id: 'summary',
    title: 'In figures',
    body: markup`<dl class="tiles">
${tile(
  'It keeps up with',
  winner?.capacity ?? NaN,
  'requests per second',
  others.map(({ capacity }) => capacity),
)}
${tile(
  '99 of 100 answers come within',
  step?.p99Ms ?? NaN,
  rate === undefined ? 'ms' : `ms at ${figure(rate)} requests per second`,
  otherSteps.map((step) => step?.p99Ms ?? NaN),
)}
${tile(
  'One answer costs',
  step?.cpuUs ?? NaN,
  'µs of a core’s time',
  otherSteps.map((step) => step?.cpuUs ?? NaN),
)}
</dl>
${about(common)}
${summaryTable(comparison)}${routesTable(comparison)}`,
  }
}

function about({ rate, kept }: SideBySide): Html {
  const sentences = ['The most that each model kept up with, and what each was like at the same rate.']
  if (rate !== undefined) {
    const which = kept ? 'which all of them keep up with' : 'the lowest; not all of them kept up even with that'
    sentences.push(`That rate is ${figure(rate)} requests per second, ${which}.`)
  } else sentences.push('No rate was measured with all of them, so there is nothing more to hold side by side.')
  return markup`<p>${sentences.join(' ')} The best of each column is bold.</p>`
}

function tile(name: string, value: number, unit: string, others: readonly number[]): Html {
  const known = others.filter(Number.isFinite)
  const [low, high] = [figure(Math.min(...known)), figure(Math.max(...known))]
  const range = low === high ? `the other: ${low}` : `the others: ${low} to ${high}`
  return markup`<div><dt>${name}</dt><dd>${figure(value)} <small>${unit}</small>${known.length > 0 && markup`<small>${range}</small>`}</dd></div>`
}
