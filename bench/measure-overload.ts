import { reasonOf, type Arena } from './arena.ts'
import { good, startFlood, type Flood, type FloodClient, type FloodPlan } from '../load/flood/flood.ts'
import type { Contestant } from './contestant.ts'
import type { Gap, Outcome } from './outcome.ts'
import { progress } from './progress.ts'
import { percentile } from './summary.ts'

/** Who comes on top of three times what the cluster can do. */
export type Crowd = 'none' | 'slow' | 'greedy'

export interface OverloadPlan {
  readonly contestant: Contestant
  readonly crowds: readonly Crowd[]
  /** How long an overload lasts. */
  readonly seconds: number
  /** How long a request may wait, in milliseconds. */
  readonly deadlineMs: number
}

export interface OverloadRow {
  readonly crowd: Crowd
  /** Good answers a second, of clients that wait for them. The lesser of before and behind the overload, for the machine has other work. */
  readonly capacity: number
  /** Good answers a second in overload. */
  readonly goodput: number
  readonly refusedPerSecond: number
  /** Requests with no answer, and wrong ones. */
  readonly failed: number
  /** Of the good answers to the requests that come at a constant rate. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Requests that were not served from a second after the end on. */
  readonly lateRefusals: number
}

export interface OverloadResult extends Outcome {
  readonly kind: 'overload'
  readonly title: string
  readonly rows: readonly OverloadRow[]
  readonly deadlineMs: number
}

const times = 3
const recoverySeconds = 4

/** What a cluster does while it is asked for three times what it can do, and right after. */
export async function measureOverload({ contestant, crowds, seconds, deadlineMs }: OverloadPlan, arena: Arena): Promise<OverloadResult> {
  const title = `${contestant.name}: ${times} × its capacity for ${seconds} seconds`
  const gaps: Gap[] = []
  const rows: OverloadRow[] = []
  progress(title)
  await arena.start([contestant])
  const serving = arena.serving(contestant)
  if (serving === undefined) {
    gaps.push({ line: contestant.name, reason: arena.reason(contestant), ours: contestant.ours === true })
    return { kind: 'overload', title, rows, gaps, deadlineMs }
  }
  for (const crowd of crowds) {
    progress(`  crowd: ${crowd}`)
    const client = startFlood(Number(new URL(serving.url).port))
    try {
      rows.push(await overload(client, crowd, seconds))
    } catch (error) {
      gaps.push({ line: crowd, reason: reasonOf(error), ours: contestant.ours === true })
    } finally {
      client.close()
    }
  }
  return { kind: 'overload', title, rows, gaps, deadlineMs }
}

async function overload(client: FloodClient, crowd: Crowd, seconds: number): Promise<OverloadRow> {
  // Code is compiled meanwhile.
  await capacityOf(client, 2)
  const before = await capacityOf(client, 4)
  const floods = await client.flood(
    { path: '/work', rate: times * before, seconds },
    // On time, whatever is still to be answered: the first second is for that.
    { path: '/work', rate: before / 2, seconds: 1, afterSeconds: seconds },
    { path: '/work', rate: before / 2, seconds: recoverySeconds, afterSeconds: seconds + 1 },
    ...crowdPlans(crowd, seconds),
  )
  const capacity = Math.min(before, await capacityOf(client, 4))
  const [main, , recovery, ...others] = floods as [Flood, Flood, Flood, ...Flood[]]
  return {
    crowd,
    capacity,
    goodput: sum([main, ...others].map(({ onTime }) => onTime)) / seconds,
    refusedPerSecond: sum([main, ...others].map(({ statuses }) => statuses['503'] ?? 0)) / seconds,
    failed: sum(floods.map(failures)),
    p50Ms: percentile(main.latenciesMs, 0.5),
    p99Ms: percentile(main.latenciesMs, 0.99),
    lateRefusals: recovery.sent - good(recovery),
  }
}

async function capacityOf(client: FloodClient, seconds: number): Promise<number> {
  const [full] = (await client.flood({ path: '/work', connections: 64, seconds })) as [Flood]
  if (failures(full) > 0) throw new Error(`${failures(full)} requests failed before the overload, the first: ${full.failures[0]}`)
  return full.onTime / seconds
}

function crowdPlans(crowd: Crowd, seconds: number): FloodPlan[] {
  switch (crowd) {
    case 'none':
      return []
    case 'slow':
      return [
        { path: '/page', connections: 50, slowReads: true, seconds },
        { path: '/work', connections: 50, slowBodyMs: 2_000, seconds },
      ]
    case 'greedy':
      return [{ path: '/work', connections: 100, greedy: true, seconds }]
  }
}

const failures = ({ sent, statuses }: Flood): number => sent - (statuses['200'] ?? 0) - (statuses['503'] ?? 0)

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
