import { roles, type Role } from './contestant.ts'

/** One line of one table in one round. */
export interface Sample {
  readonly table: string
  /** Who or what is compared: a contestant's name, or what differs of it. */
  readonly line: string
  readonly round: number
  readonly requestsPerSecond: number
  /** CPU time per request in microseconds, by role. */
  readonly cpuUs: Readonly<Partial<Record<Role, number>>>
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Row {
  readonly table: string
  readonly line: string
  readonly rounds: number
  readonly requestsPerSecond: Spread
  readonly cpuUs: Readonly<Partial<Record<Role, Spread>>>
  readonly totalUs: Spread
  /**
   * The total and the throughput against those of the lines to compare with: the median of each round's own ratio, since
   * what else the machine does changes from round to round more than the contestants differ.
   */
  readonly ratios: readonly Ratio[]
}

export interface Ratio {
  readonly to: string
  readonly totalUs: number
  readonly requestsPerSecond: number
}

/** Medians over rounds, in the order in which tables and lines first appear; ratios to those of the `bases` that were measured. */
export function summarize(samples: readonly Sample[], bases: readonly string[]): Row[] {
  const at = new Map(samples.map((sample) => [keyOf(sample, sample.line), sample]))
  return groupBy(samples, ({ table, line }) => `${table}\n${line}`).map((group) => {
    const { table, line } = group[0]!
    const used = roles.filter((role) => group.some(({ cpuUs }) => cpuUs[role] !== undefined))
    return {
      table,
      line,
      rounds: group.length,
      requestsPerSecond: spread(group.map((sample) => sample.requestsPerSecond)),
      cpuUs: Object.fromEntries(used.map((role) => [role, spread(group.map(({ cpuUs }) => cpuUs[role] ?? 0))])),
      totalUs: spread(group.map(totalOf)),
      ratios: bases.flatMap((to) => {
        const pairs = group.flatMap((sample) => {
          const base = at.get(keyOf(sample, to))
          return base === undefined ? [] : [{ sample, base }]
        })
        if (pairs.length === 0) return []
        const totalUs = spread(pairs.map(({ sample, base }) => totalOf(sample) / totalOf(base))).median
        return [{ to, totalUs, requestsPerSecond: spread(pairs.map((pair) => speedOf(pair.sample) / speedOf(pair.base))).median }]
      }),
    }
  })
}

const keyOf = ({ table, round }: Sample, line: string): string => `${table}\n${round}\n${line}`
const speedOf = (sample: Sample): number => sample.requestsPerSecond
const totalOf = ({ cpuUs }: Sample): number => roles.reduce((sum, role) => sum + (cpuUs[role] ?? 0), 0)

/** In the order in which each key first appears. (Map.groupBy needs Node 21.) */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups.values()]
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

/** The smallest value that at least the share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}
