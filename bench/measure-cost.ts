import { reasonOf, type Arena } from './arena.ts'
import type { Case } from './cases.ts'
import { checkAnswer } from './check-answer.ts'
import { startClient } from '../load/client/client.ts'
import type { Contestant } from './contestant.ts'
import type { CostResult } from './cost-table.ts'
import type { Gap } from './outcome.ts'
import { progress } from './progress.ts'
import type { Serving } from './serving.ts'
import { summarize, type Sample } from './summary.ts'
import { wrk, type Load } from './wrk.ts'

/** Lines to be compared by what a request costs. */
export interface CostPlan {
  readonly title: string
  readonly lines: readonly CostLine[]
  /** Names of the lines that all are compared with. */
  readonly bases: readonly string[]
  readonly rounds: number
  /** Of one line in one round. */
  readonly seconds: number
  /** Of each line before its first round: code that has run too seldom to be compiled says little. */
  readonly warmup: number
  /** True where it is said below the table who comes where. */
  readonly placed: boolean
}

export interface CostLine {
  readonly name: string
  readonly contestant: Contestant
  readonly load: Case
}

/**
 * Measures in rounds in which the lines take turns, so that what else the machine does hits all alike. A line that answers
 * wrongly or fails a request has no numbers.
 */
export async function measureCost(plan: CostPlan, arena: Arena): Promise<CostResult> {
  const gaps: Gap[] = []
  const samples: Sample[] = []
  progress(plan.title)
  await arena.start(plan.lines.map(({ contestant }) => contestant))
  const giveUp = (line: CostLine, reason: string): void => {
    gaps.push({ line: line.name, reason, ours: line.contestant.ours === true })
  }
  const trying = async (line: CostLine, act: (serving: Serving) => Promise<void>): Promise<void> => {
    if (gaps.some((gap) => gap.line === line.name)) return
    const serving = arena.serving(line.contestant)
    if (serving === undefined) return giveUp(line, arena.reason(line.contestant))
    try {
      await act(serving)
    } catch (error) {
      progress(`  ${line.name}: ${reasonOf(error)}`)
      giveUp(line, reasonOf(error))
    }
  }

  for (const line of plan.lines) {
    await trying(line, async (serving) => {
      await checkAnswer(serving.url, line.load)
      await load(serving, line.load, plan.warmup)
    })
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`  round ${round + 1} of ${plan.rounds}`)
    for (const line of round % 2 === 0 ? plan.lines : plan.lines.toReversed()) {
      await trying(line, async (serving) => {
        const { requests, seconds, cpuMs } = await load(serving, line.load, plan.seconds)
        const cpuUs = Object.fromEntries([...cpuMs].map(([role, ms]) => [role, (ms * 1000) / requests]))
        samples.push({ table: plan.title, line: line.name, round, requestsPerSecond: requests / seconds, cpuUs })
      })
    }
  }

  const complete = samples.filter((sample) => !gaps.some(({ line }) => line === sample.line))
  // Summaries list lines in their own order, whoever went first in a round.
  const position = ({ line }: Sample): number => plan.lines.findIndex(({ name }) => name === line)
  const { megabytes } = plan.lines[0]!.load
  return {
    kind: 'cost',
    title: plan.title,
    bases: plan.bases,
    ...(megabytes === undefined ? {} : { megabytes }),
    rows: summarize(
      complete.toSorted((a, b) => position(a) - position(b)),
      plan.bases,
    ),
    gaps,
    ours: plan.placed ? plan.lines.filter(({ contestant }) => contestant.ours === true).map(({ name }) => name) : [],
  }
}

interface Measured extends Load {
  /** What the contestant used meanwhile, by role. */
  readonly cpuMs: Map<string, number>
}

async function load(serving: Serving, each: Case, seconds: number): Promise<Measured> {
  if (each.generator === 'wrk') return around(serving, () => wrk(serving.url, each, seconds))
  const client = startClient(`${serving.url}${each.path}`)
  try {
    await client.obey({ do: 'open', connections: each.connections })
    return await around(serving, () => client.obey({ do: 'load', seconds }))
  } finally {
    await client.close()
  }
}

async function around(serving: Serving, act: () => Promise<Load>): Promise<Measured> {
  const before = serving.cpuMs()
  const { requests, seconds } = await act()
  const after = serving.cpuMs()
  return { requests, seconds, cpuMs: new Map([...after].map(([role, ms]) => [role, ms - (before.get(role) ?? 0)])) }
}
