import { reasonOf, type Arena } from './arena.ts'
import { blocking, light } from './cases.ts'
import { checkAnswer } from './check-answer.ts'
import { startClient } from '../load/client/client.ts'
import type { Contestant } from './contestant.ts'
import { summarizeMixed, type MixedRow, type MixedRun } from './mixed-summary.ts'
import type { Gap, Outcome } from './outcome.ts'
import { progress } from './progress.ts'
import type { Serving } from './serving.ts'
import type { Asked } from './verdict.ts'

export interface MixedPlan {
  readonly title: string
  readonly contestants: readonly Contestant[]
  /** Requests per second, of both kinds. */
  readonly rate: number
  /** Of the requests that block, 0 to 1. */
  readonly share: number
  readonly rounds: number
  /** At the beginning of each round, which is not counted: in the first one, evenloop learns which route blocks. */
  readonly learnSeconds: number
  /** Counted, of one contestant in one round. */
  readonly seconds: number
  readonly asked: readonly Asked[]
}

export interface MixedResult extends Outcome {
  readonly kind: 'mixed'
  readonly title: string
  readonly rows: readonly MixedRow[]
  readonly asked: readonly Asked[]
}

/**
 * Latencies of requests of which a few hold the loop that serves them, at a constant arrival rate and from when each was due.
 * Every contestant gets the same requests in the same order, and in its first round none of its loops has ever been held.
 */
export async function measureMixed(plan: MixedPlan, arena: Arena): Promise<MixedResult> {
  const { title, contestants, asked } = plan
  const gaps: Gap[] = []
  const runs = new Map<Contestant, MixedRun[]>(contestants.map((contestant) => [contestant, []]))
  progress(title)
  await arena.start(contestants)
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`  round ${round + 1} of ${plan.rounds}`)
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      if (gaps.some(({ line }) => line === contestant.name)) continue
      try {
        const serving = arena.serving(contestant)
        if (serving === undefined) throw new Error(arena.reason(contestant))
        runs.get(contestant)!.push(await run(serving, plan, round))
      } catch (error) {
        progress(`  ${contestant.name}: ${reasonOf(error)}`)
        gaps.push({ line: contestant.name, reason: reasonOf(error), ours: contestant.ours === true })
      }
    }
  }
  const measured = contestants.filter(({ name }) => !gaps.some(({ line }) => line === name))
  const rows = measured.map((contestant) => summarizeMixed(contestant.name, runs.get(contestant)!, plan.learnSeconds))
  return { kind: 'mixed', title, rows, gaps, asked }
}

async function run(serving: Serving, { rate, share, learnSeconds, seconds }: MixedPlan, round: number): Promise<MixedRun> {
  await checkAnswer(serving.url, light)
  // A fresh one each time: while the others take their turns, some servers close connections that are idle.
  const client = startClient(`${serving.url}${light.path}`)
  try {
    await client.obey({ do: 'open', connections: light.connections })
    // What is measured from its beginning should find code that is compiled; from light requests nobody learns of the others.
    if (round === 0) await client.obey({ do: 'arrive', rate, seconds: 1 })
    const before = cpuOf(serving)
    const other = { path: blocking.path, share }
    const { arrivals } = await client.obey({ do: 'mix', rate, seconds: learnSeconds + seconds, other, seed: round })
    return { arrivals, cpuMs: cpuOf(serving) - before }
  } finally {
    await client.close()
  }
}

const cpuOf = (serving: Serving): number => [...serving.cpuMs().values()].reduce((sum, ms) => sum + ms, 0)
