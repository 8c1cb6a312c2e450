import type { MixedRound, MixedRow } from './mixed-summary.ts'
import { spread } from './summary.ts'

/** One line compared with the best of others by one figure. */
export interface Asked {
  readonly figure: keyof MixedRound
  readonly line: string
  readonly beside: readonly string[]
  /** The share of theirs that ours may be; undefined where both are expected to be the same. */
  readonly atMost?: number
}

const words: Record<keyof MixedRound, { readonly what: string; readonly unit: string; readonly digits: number }> = {
  light: { what: 'P99 of the requests that do not block', unit: 'ms', digits: 1 },
  blocking: { what: 'P99 of the requests that block', unit: 'ms', digits: 1 },
  cpuUs: { what: 'CPU time per request', unit: 'µs', digits: 0 },
}

/**
 * Whether it is as asked, in words that are the same either way; undefined where either side was not measured. By medians over
 * rounds, and a ratio for each round: what else the machine does in one of them would else decide.
 */
export function verdict({ figure, line, beside, atMost }: Asked, rows: readonly MixedRow[]): string | undefined {
  const { what, unit, digits } = words[figure]
  const figures = ({ rounds }: MixedRow): number[] => rounds.map((round) => round[figure] ?? Number.NaN)
  const median = (row: MixedRow): number => spread(figures(row)).median
  const ours = rows.find((row) => row.line === line)
  const best = rows.filter((row) => beside.includes(row.line)).toSorted((a, b) => median(a) - median(b))[0]
  if (ours === undefined || best === undefined) return undefined
  const theirs = figures(best)
  const ratio = spread(figures(ours).map((value, round) => value / theirs[round]!))
  const values = [ours, best].map((row) => `${median(row).toFixed(digits)} ${unit} of ${row.line}`).join(', ')
  const wanted =
    atMost === undefined ? 'expected: 1.00' : `asked: at most ${atMost.toFixed(2)}: ${ratio.median <= atMost ? 'met' : 'missed'}`
  return `${what}: ${values}, a ratio of ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)} by rounds); ${wanted}.`
}
