import { erlangC, workersFor } from './erlang.ts'
import { amount, percentText, timeText } from '../figures.ts'
import { isBlocking } from './layout.ts'
import { loopResponseMs, loopUtilization } from './processor-sharing.ts'
import type { Findings, Recommendation } from './recommend.ts'
import { aloneMs, busyMs, meanOf, variationOf } from './route-demand.ts'
import { fitScaling, peakWorkers } from './usl.ts'

/** Why this cluster, in sentences for someone who has never heard of an event loop; the first says what to do. */
export function explain(findings: Findings, advice: Recommendation): string[] {
  return [
    ...verdict(advice),
    whatRequestsDo(findings),
    ...whyModel(findings, advice),
    ...whyPool(findings, advice),
    ...whyScaling(findings),
    whyQueue(advice),
  ]
}

function verdict({ title, goal, reaches, ceiling, predicted, byChance }: Recommendation): string[] {
  const at = `${amount(goal.rate)} requests a second`
  if (reaches) {
    return [
      `Run ${title}: at ${at} 99 of 100 responses should take no longer than ${timeText(predicted.p99Ms)} (${timeText(byChance.p99Ms)} where requests come by chance, as from people).`,
    ]
  }
  const limits = { cpu: 'the CPUs', workers: 'the workers', loop: 'the event loops', lock: 'what serves one request at a time' }
  if (goal.rate > ceiling.perSecond * 0.9) {
    return [
      `Nothing on this machine answers ${at} with room to spare: ${title} comes closest, with ${amount(ceiling.perSecond)} at most; ${limits[ceiling.by]} end it.`,
    ]
  }
  return [
    `No cluster on this machine is predicted to answer 99 of 100 requests within ${timeText(goal.p99Ms!)} at ${at}: ${title} comes closest, with ${timeText(predicted.p99Ms)}.`,
  ]
}

function whatRequestsDo({ routes }: Findings): string {
  const mean = meanOf(routes, aloneMs)
  const part = (of: number): string => percentText(mean === 0 ? 0 : of / mean)
  const waits = meanOf(routes, ({ waitMs, lockMs }) => waitMs + lockMs)
  const held = meanOf(routes, ({ heldMs }) => heldMs)
  return `A request takes ${timeText(mean)} when it is alone: ${part(waits)} of that it waits, ${part(meanOf(routes, ({ cpuMs }) => cpuMs))} it computes, and ${part(held)} it holds its worker without doing either.`
}

function whyModel(findings: Findings, advice: Recommendation): string[] {
  const { routes } = findings
  const { goal, setup, workers } = advice
  const rate = goal.rate / 1_000
  const load = rate * meanOf(routes, aloneMs)
  const station = { rate, serviceMs: meanOf(routes, aloneMs), serviceScv: variationOf(routes, aloneMs), arrivalScv: 1 }
  const little = `${amount(goal.rate)} a second, ${timeText(meanOf(routes, aloneMs))} each, are ${amount(load)} requests at once on average (Little's law)`
  if (setup.model === 'sync') {
    return [
      `${little}. A sync worker has one at a time: fewer than ${Math.ceil(load)} cannot keep up, and with ${workers} about ${percentText(erlangC(workers, load))} of the requests would find none free (Erlang C).`,
    ]
  }
  const enough = workersFor(station, { waitMs: 1, share: 0.01 }, 100_000)
  const loopBusy = loopUtilization(rate, setup.loops, meanOf(ordinary(findings, advice), busyMs))
  const delays = loopDelay(findings, advice)
  return [
    `${little}. Sync workers, which have one request at a time, would have to be ${enough} so that hardly one waits; an event loop has them all at once, for it only works on a request while that computes.`,
    `${setup.loops === 1 ? 'The loop is' : `Each of the ${setup.loops} loops is`} busy for ${percentText(loopBusy)} of the time${delays}.`,
  ]
}

const ordinary = ({ routes }: Findings, { setup }: Recommendation) =>
  setup.blockingWorkers === 0 ? routes : routes.filter((route) => !isBlocking(route))

function loopDelay(findings: Findings, advice: Recommendation): string {
  const routes = ordinary(findings, advice)
  const turns = meanOf(routes, ({ waitMs, lockMs }) => (waitMs + lockMs > 0 ? 2 : 1))
  const square = meanOf(routes, (route) => (route.waitMs + route.lockMs > 0 ? 2 * (busyMs(route) / 2) ** 2 : busyMs(route) ** 2)) / turns
  const work = { busyMs: meanOf(routes, busyMs), waitMs: 0, turns, turnSquareMs: square }
  const more = loopResponseMs(advice.goal.rate / 1_000 / advice.setup.loops, work) - work.busyMs
  return Number.isFinite(more) ? `, so that the others on it delay a request by ${timeText(more)} on average` : ''
}

function whyPool({ routes }: Findings, { setup, goal }: Recommendation): string[] {
  const blocking = routes.filter(isBlocking)
  if (blocking.length === 0 || setup.model === 'sync') return []
  const names = blocking.map(({ name }) => name).join(', ')
  const held = `${names} ${blocking.length === 1 ? 'holds' : 'hold'} an event loop for ${timeText(meanOf(blocking, busyMs) / meanOf(blocking, () => 1))} without giving it back; whatever else is on that loop waits meanwhile`
  const busy = (goal.rate / 1_000) * meanOf(blocking, aloneMs)
  const pool = setup.blockingWorkers
  if (pool > 0)
    return [
      `${held}. ${pool} workers of their own take such requests, one each: ${amount(busy)} of them are busy on average, and the loops stay free.`,
    ]
  return [setup.loops > 1 ? `${held}. The balancer keeps such requests to loops of their own (isolation).` : `${held}.`]
}

function whyScaling({ syncWorkers }: Findings): string[] {
  const fit = fitScaling(syncWorkers)
  if (fit === undefined || syncWorkers.length < 3) return []
  const peak = peakWorkers(fit)
  const law = `Sync workers, measured: the law of scalability fits with σ = ${fit.contention.toFixed(3)} and κ = ${fit.coherency.toFixed(5)} (r² = ${fit.r2.toFixed(2)})`
  if (Number.isFinite(peak) && peak < 4 * Math.max(...syncWorkers.map(({ workers }) => workers))) {
    return [`${law}: from about ${Math.round(peak)} workers on, further ones answer no more.`]
  }
  if (fit.contention > 0.05)
    return [
      `${law}: something is there for one at a time, so that no number of workers answers more than ${amount(fit.one / fit.contention)} a second.`,
    ]
  return [`${law}: twice the workers answer nearly twice as much.`]
}

const whyQueue = ({ queue, ceiling }: Recommendation): string =>
  `At most ${amount(ceiling.perSecond)} requests a second are answered. A queue of ${queue.requests} is what that clears in ${timeText(queue.waitMs)}; whoever comes on top of it is better refused at once.`
