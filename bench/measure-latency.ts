import { reasonOf, type Arena } from './arena.ts'
import { cases } from './cases.ts'
import { checkAnswer } from './check-answer.ts'
import { startClient } from '../load/client/client.ts'
import type { Contestant } from './contestant.ts'
import type { Gap, Outcome } from './outcome.ts'
import { progress } from './progress.ts'
import { percentile, spread, type Spread } from './summary.ts'

export interface LatencyPlan {
  readonly contestants: readonly Contestant[]
  /** Requests per second. */
  readonly rate: number
  readonly rounds: number
  readonly seconds: number
}

export interface LatencyRow {
  readonly line: string
  readonly requests: number
  /** Of the latencies of all rounds together, in milliseconds from when each request was due. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The 99th percentile of each round. */
  readonly p99OfRoundsMs: Spread
  readonly maxMs: number
}

export interface LatencyResult extends Outcome {
  readonly kind: 'latency'
  readonly title: string
  readonly rows: readonly LatencyRow[]
  /** Whose place is said below the table. */
  readonly ours: readonly string[]
}

const load = cases.browser

/**
 * Latencies at a constant arrival rate, counted from when each request was due: a client that waits for each answer before
 * it asks again would not see a stall.
 */
export async function measureLatency(plan: LatencyPlan, arena: Arena): Promise<LatencyResult> {
  const title = `small JSON, eleven browser headers, ${plan.rate.toLocaleString('en')} requests a second`
  const gaps: Gap[] = []
  const rounds = new Map<string, (readonly number[])[]>(plan.contestants.map(({ name }) => [name, []]))
  progress(title)
  await arena.start(plan.contestants)
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`  round ${round + 1} of ${plan.rounds}`)
    for (const contestant of round % 2 === 0 ? plan.contestants : plan.contestants.toReversed()) {
      if (gaps.some(({ line }) => line === contestant.name)) continue
      try {
        rounds.get(contestant.name)!.push(await arrivals(contestant, plan, arena))
      } catch (error) {
        gaps.push({ line: contestant.name, reason: reasonOf(error), ours: contestant.ours === true })
      }
    }
  }
  const measured = plan.contestants.filter(({ name }) => !gaps.some(({ line }) => line === name))
  return {
    kind: 'latency',
    title,
    rows: measured.map(({ name }) => summarizeLatencies(name, rounds.get(name)!)),
    gaps,
    ours: measured.filter(({ ours }) => ours === true).map(({ name }) => name),
  }
}

async function arrivals(contestant: Contestant, { rate, seconds }: LatencyPlan, arena: Arena): Promise<readonly number[]> {
  const serving = arena.serving(contestant)
  if (serving === undefined) throw new Error(arena.reason(contestant))
  await checkAnswer(serving.url, load)
  const client = startClient(`${serving.url}${load.path}`)
  try {
    await client.obey({ do: 'open', connections: load.connections })
    // The client's own code is compiled meanwhile, which else looks like latency.
    await client.obey({ do: 'arrive', rate, seconds: 1 })
    return (await client.obey({ do: 'arrive', rate, seconds })).latenciesMs
  } finally {
    await client.close()
  }
}

/** Percentiles cannot be averaged: those of all rounds are of all their latencies together. */
export function summarizeLatencies(line: string, rounds: readonly (readonly number[])[]): LatencyRow {
  const all = rounds.flat()
  return {
    line,
    requests: all.length,
    p50Ms: percentile(all, 0.5),
    p99Ms: percentile(all, 0.99),
    p99OfRoundsMs: spread(rounds.map((latencies) => percentile(latencies, 0.99))),
    maxMs: percentile(all, 1),
  }
}
