import type { Settings } from './schema.ts'

/** Requests one loop may hold at once over all balancers; 0 sets no cap. */
export function concurrencyCap({ model, concurrency }: Pick<Settings, 'model' | 'concurrency'>): number {
  if (concurrency === 'unlimited' || concurrency === 'adaptive') return 0
  if (concurrency === 'auto') return model === 'sync' ? 1 : 0
  return concurrency
}

/**
 * The part of a cap that one of several balancers keeps to, so that together they never give a loop more than it may
 * hold. At least 1: a cap smaller than the number of balancers is refused where settings are checked.
 */
export const shareOfCap = (cap: number, balancers: number): number => (cap === 0 ? 0 : Math.max(1, Math.floor(cap / balancers)))
