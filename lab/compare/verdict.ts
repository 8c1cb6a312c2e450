import { amount, memoryText, moreText, timeText, percentText } from '../figures.ts'
import type { Comparison, ModelResult, Step, Verdict } from './comparison.ts'
import { kindOf, natureOf, type Nature } from './nature.ts'
import { type Ranking, rank, stepAt, tailOf } from './ranking.ts'

/** What a verdict is passed on. */
export type Findings = Pick<Comparison, 'models' | 'workload' | 'budget' | 'machine'>

/**
 * Says in plain words which model fits a workload, why, and by how much.
 * @param findings of at least one model
 */
export function verdictOf(findings: Findings): Verdict {
  const { models, workload } = findings
  const ranking = rank(models, workload)
  const best = models.find(({ model }) => model === ranking.places[0]![0])!
  const nature = natureOf(models, workload)
  const sentences = [
    fits(findings, best, ranking),
    ...why(findings, nature),
    ...blocking(findings, best, nature),
    ...queues(models, best),
    ...needed(models, best, nature),
    ...switches(models, best),
    ...alike(models, best, ranking),
  ]
  return { best: best.model, sentences, ranking: ranking.places }
}

const isSync = ({ model }: ModelResult): boolean => model.startsWith('sync')
const ablestOf = (models: readonly ModelResult[]): ModelResult | undefined => models.toSorted((a, b) => b.capacity - a.capacity)[0]
const isAmong = (models: readonly string[], { model }: ModelResult): boolean => models.includes(model)

/** Which, and by how much: in what it can take, and in how long one waits. */
function fits({ models, workload }: Findings, best: ModelResult, { ablest, rate, places }: Ranking): string {
  const others = models.filter((model) => model !== best)
  if (others.length === 0) return `“${best.title}” was measured alone: it answered ${amount(best.capacity)} requests a second.`
  const begin = `“${best.title}” fits this workload best`
  const parts: string[] = []
  const behind = ablestOf(others.filter((model) => !isAmong(ablest, model)))
  if (behind !== undefined)
    parts.push(
      `it answered ${amount(best.capacity)} requests a second, and “${behind.title}” ${amount(behind.capacity)}: ${moreText(best.capacity, behind.capacity)}`,
    )
  const tail = tailOf(stepAt(best, rate), workload)
  const [slowest] = others
    .filter((model) => isAmong(ablest, model) && !isAmong(places[0]!, model))
    .map((model) => ({ model, tail: tailOf(stepAt(model, rate), workload) }))
    .filter((each) => Number.isFinite(each.tail))
    .sort((a, b) => b.tail - a.tail)
  if (slowest !== undefined && rate !== undefined && Number.isFinite(tail))
    parts.push(
      `at ${amount(rate)} requests a second 99 of 100 answers were there within ${timeText(tail)}, and with “${slowest.model.title}” within ${timeText(slowest.tail)}`,
    )
  if (parts.length === 0)
    return `${begin}, but all that were measured do about as well: it answered ${amount(best.capacity)} requests a second.`
  return `${begin}: ${parts.join('; ')}.`
}

/** What the requests do, and what follows from it. */
function why({ models, machine: { cpus } }: Findings, nature: Nature): string[] {
  const { timeMs, cpuMs } = nature
  if (timeMs === 0) return []
  const workers = models.find(isSync)?.workers
  switch (kindOf(nature)) {
    case 'waiting':
      return [
        `A request takes ${timeText(timeMs)}, of which a CPU works for ${timeText(cpuMs)} (${percentText(cpuMs / timeMs)}). The rest of the time it waits, as one waits for a database or another service.`,
        `A sync worker does nothing else while its request waits${workers === undefined ? '' : `: ${workers} workers, ${workers} requests at a time`}. An event loop goes on with another request meanwhile, so one loop holds thousands that wait. That is all that asynchrony is: it makes no request faster.`,
      ]
    case 'computing':
      return [
        `A request takes ${timeText(timeMs)}, of which a CPU works for ${timeText(Math.min(cpuMs, timeMs))}: it waits for nothing, so there is nothing for an event loop to do meanwhile, and asynchrony gains nothing.`,
        `Only CPUs count here, and there ${cpus === 1 ? 'is 1' : `are ${cpus}`}. One event loop uses one of them; a worker or a loop for each uses all. More workers than CPUs do no more work, they only take turns.`,
      ]
    case 'blocking':
      return [
        `A request takes ${timeText(timeMs)} on average, and a CPU works for ${timeText(cpuMs)} of that. Most of the rest it waits and lets its event loop go on with others, but not all requests do.`,
      ]
    case 'between':
      return [
        `A request takes ${timeText(timeMs)}, of which a CPU works for ${timeText(cpuMs)} (${percentText(cpuMs / timeMs)}). It waits for long enough that a loop can go on with others, but computes so much that one CPU is soon busy.`,
      ]
  }
}

/** What requests that hold their loop do to the others. */
function blocking({ models, workload }: Findings, best: ModelResult, nature: Nature): string[] {
  const [worst] = nature.blocking.toSorted((a, b) => b.holdMs - a.holdMs)
  if (worst === undefined || kindOf(nature) !== 'blocking') return []
  const share = nature.blocking.reduce((sum, route) => sum + route.share, 0)
  const sentences = [
    `${percentText(share)} of the requests (${worst.name}) hold their event loop for ${timeText(worst.holdMs)} without giving it back, and all other requests of that loop wait as long.`,
  ]
  const ordinary = workload.routes.findIndex(({ method, path }) => nature.blocking.every(({ name }) => name !== `${method} ${path}`))
  const unprotected = models.find(({ model }) => model === 'hybrid')
  const rate = unprotected === undefined ? undefined : bothKept(best, unprotected)
  if (ordinary !== -1 && unprotected !== undefined && unprotected !== best && rate !== undefined) {
    const [theirs, ours] = [unprotected, best].map((model) => stepAt(model, rate)!.routes[ordinary]!.p99Ms) as [number, number]
    const { method, path } = workload.routes[ordinary]!
    if (theirs > 1.3 * ours)
      sentences.push(
        `At ${amount(rate)} requests a second 99 of 100 requests to ${method} ${path} took at most ${timeText(theirs)} with “${unprotected.title}”, and ${timeText(ours)} with “${best.title}”.`,
      )
  }
  return sentences
}

/** The highest rate that both kept up with. */
function bothKept(one: ModelResult, other: ModelResult): number | undefined {
  return one.steps.findLast(({ offered, saturated }) => !saturated && stepAt(other, offered)?.saturated === false)?.offered
}

/** Where sync workers were too few, how long requests waited for one. */
function queues(models: readonly ModelResult[], best: ModelResult): string[] {
  const waits = (step: Step): number => step.queueP99Ms
  const waiting = models
    .filter((model) => isSync(model) && model !== best)
    .flatMap((model) => model.steps.map((step) => ({ model, step })))
    .filter(({ step }) => waits(step) >= 5 && stepAt(best, step.offered) !== undefined)
    .sort((a, b) => waits(b.step) - waits(a.step))[0]
  if (waiting === undefined) return []
  const { model, step } = waiting
  const refused = step.refused > 0 ? `, and ${percentText(step.refused / step.sent)} were refused` : ''
  return [
    `At ${amount(step.offered)} requests a second under “${model.title}” requests waited up to ${timeText(waits(step))} (p99) in the queue until a worker was free${refused}; under “${best.title}” ${timeText(waits(stepAt(best, step.offered)!))}.`,
  ]
}

/** How many sync workers would do the same: as many as requests are under way at once (Little's law). */
function needed(models: readonly ModelResult[], best: ModelResult, nature: Nature): string[] {
  const sync = ablestOf(models.filter(isSync))
  if (sync === undefined || isSync(best) || kindOf(nature) === 'computing' || sync.capacity > 0.7 * best.capacity) return []
  const workers = Math.ceil((best.capacity * nature.timeMs) / 1_000)
  if (workers <= sync.workers) return []
  return [
    `Sync workers would do as well if there were enough that no request waits for another: about ${amount(workers)} (${amount(best.capacity)} requests a second of ${timeText(nature.timeMs)} each), if the machine can hold so many.`,
  ]
}

/** What changing from one task to another cost each, when it was busiest: at a low rate, most of it is not for requests. */
function switches(models: readonly ModelResult[], best: ModelResult): string[] {
  const other = ablestOf(models.filter((model) => isSync(model) !== isSync(best)))
  if (other === undefined) return []
  const told = (model: ModelResult): string | undefined => {
    const [busiest] = model.steps.toSorted((a, b) => b.throughput - a.throughput)
    if (busiest === undefined || busiest.throughput === 0) return undefined
    const { throughput, voluntarySwitches, involuntarySwitches, cpuUs } = busiest
    return `“${model.title}” took ${amount(voluntarySwitches + involuntarySwitches)} context switches (${amount(involuntarySwitches)} of them forced) and ${timeText(cpuUs / 1_000)} of CPU for each of ${amount(throughput)} requests a second`
  }
  const [one, two] = [told(best), told(other)]
  return one === undefined || two === undefined ? [] : [`At its busiest ${one}; ${two}.`]
}

/** Those that did as well, and what they take for it. */
function alike(models: readonly ModelResult[], best: ModelResult, { places, rate }: Ranking): string[] {
  const equals = places[0]!.slice(1).map((name) => models.find(({ model }) => model === name)!)
  if (equals.length === 0) return []
  const memory = (model: ModelResult): string => {
    const bytes = stepAt(model, rate)?.memoryBytes
    return bytes === undefined ? '' : `, ${memoryText(bytes)}`
  }
  const told = equals.map((model) => `“${model.title}” (${amount(model.capacity)} requests a second${memory(model)})`)
  const list = told.length === 1 ? told[0] : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`
  return [
    `${list} did about as well as “${best.title}” (${amount(best.capacity)}${memory(best)}), as far as one machine can tell: of equals the one with the fewest processes and threads is named first.`,
  ]
}
