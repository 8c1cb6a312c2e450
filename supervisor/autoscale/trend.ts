import type { ScaleRange } from '../plan.ts'
import type { Group, Sample } from './sample.ts'

/** What the operator said of it. */
export interface Rules extends ScaleRange {
  /** How busy the loops may be, 0 to 1. */
  readonly target: number
  /** For how long fewer must have been enough, in milliseconds. */
  readonly quiet: number
}

/** What was seen since the number of loops last changed. It does not grow: of what is long ago only the beginning is kept. */
export interface Trend {
  readonly since: number
  /** Those of the last seconds, the newest last. */
  readonly recent: readonly Sample[]
  /** Requests have waited for busy loops since then; undefined where they do not now. */
  readonly crowdedSince: number | undefined
  /** Fewer loops would have been enough since then; undefined where they would not be now. */
  readonly calmSince: number | undefined
}

/** Over so many milliseconds load is averaged: one busy second is no trend. */
export const windowMs = 5_000

/** Those that stay must be below this share of the target: far enough away from it that nobody has to come back. */
const lowShare = 5 / 8

/** How busy those that stay may be, 0 to 1. */
export const lowWater = ({ target }: Rules): number => target * lowShare

/** The trend after one more look; it begins anew where the number of loops has changed. */
export function follow(before: Trend | undefined, sample: Sample, rules: Rules): Trend {
  const last = before?.recent.at(-1)
  if (last !== undefined && count(last) !== count(sample)) return follow(undefined, sample, rules)
  const recent = [...(before?.recent ?? []).filter(({ at }) => at > sample.at - windowMs), sample]
  const isRefusing = last !== undefined && sample.shed > last.shed
  // Where no loop is busy, another one would not help those who wait.
  const isCrowded = (sample.queued > 0 || isRefusing) && pressure(sample) > rules.target
  const isCalm = !isRefusing && recent.some(({ queued }) => queued === 0) && canSpare(recent, rules)
  return {
    since: before?.since ?? sample.at,
    recent,
    crowdedSince: isCrowded ? (before?.crowdedSince ?? sample.at) : undefined,
    calmSince: isCalm ? (before?.calmSince ?? sample.at) : undefined,
  }
}

export const count = ({ ordinary, isolated }: Sample): number => ordinary.loops + isolated.loops

/** How busy the loops were on average, as far as another one would help. */
export const busyness = (recent: readonly Sample[]): number => average(recent, pressure)

// While several loops are free of blocking routes the balancers can keep one more of them apart: that those kept are busy
// is no want of loops then.
const pressure = ({ ordinary, isolated }: Sample): number =>
  ordinary.loops > 1 ? share(ordinary) : Math.max(share(ordinary), share(isolated))

/**
 * Whether fewer would be enough. Only loops that are not kept apart count as spare: if too many are, the balancers give them
 * back first. And one ordinary loop stays beside those kept, or what blocks would be among the rest again.
 */
function canSpare(recent: readonly Sample[], rules: Rules): boolean {
  const loops = average(recent, ({ ordinary }) => ordinary.loops)
  const load = average(recent, ({ ordinary }) => ordinary.load)
  const kept = average(recent, ({ isolated }) => share(isolated))
  return loops > 1 && load / (loops - 1) < lowWater(rules) && kept <= rules.target
}

const share = ({ loops, load }: Group): number => (loops === 0 ? 0 : load / loops)

const average = (samples: readonly Sample[], of: (sample: Sample) => number): number =>
  samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
