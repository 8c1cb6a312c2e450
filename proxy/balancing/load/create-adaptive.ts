import type { Settings } from '../../../config/schema.ts'
import type { AdaptiveLimit } from './adaptive-limit.ts'
import { GradientLimit } from './gradient.ts'
import { PressureLimit } from './pressure.ts'

/** What makes each endpoint's own limit; undefined where the settings leave none. */
export function createAdaptive({
  concurrency,
  model,
  limits,
}: Pick<Settings, 'concurrency' | 'model' | 'limits'>): (() => AdaptiveLimit) | undefined {
  if (concurrency === 'adaptive') return () => new GradientLimit()
  if (concurrency !== 'auto' || model === 'sync' || limits.loopDelay === 0) return undefined
  return () => new PressureLimit(limits.loopDelay)
}
