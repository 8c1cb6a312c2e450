import { busyness, count, lowWater, type Rules, type Trend, windowMs } from './trend.ts'

export interface ScaleDecision {
  readonly loops: number
  /** For the operator: `utilization 0.86 over 5 s`. */
  readonly why: string
}

// That requests wait is a surer sign than how busy loops are.
const crowdedMs = 3_000

/**
 * Whether loops should come or go, and why: fast up, slowly down, after each change only by what was seen since, and never
 * beyond the range.
 */
export function decide(trend: Trend, rules: Rules): ScaleDecision | undefined {
  const { since, recent, crowdedSince, calmSince } = trend
  const { min, max, target, quiet } = rules
  const now = recent.at(-1)
  if (now === undefined) return undefined
  const passed = (from: number | undefined, ms: number): boolean => from !== undefined && now.at - from >= ms
  const loops = count(now)
  const busy = busyness(recent)
  if (passed(crowdedSince, crowdedMs) || (passed(since, windowMs) && busy > target)) {
    if (loops + 1 > max) return undefined
    const waiting = passed(crowdedSince, crowdedMs) ? `requests have waited for ${crowdedMs / 1000} s, ` : ''
    const seconds = Math.min(windowMs, now.at - since) / 1000
    return { loops: loops + 1, why: `${waiting}utilization ${busy.toFixed(2)} over ${seconds.toFixed(0)} s` }
  }
  if (!passed(calmSince, quiet) || loops - 1 < min) return undefined
  const low = String(Math.round(lowWater(rules) * 100) / 100)
  return { loops: loops - 1, why: `with that, utilization would have stayed under ${low} for ${quiet / 1000} s` }
}
