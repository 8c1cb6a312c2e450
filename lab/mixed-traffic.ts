import type { Rng } from '../core/sources.ts'
import type { Traffic } from './cluster.ts'
import { blockingRoute, lightRoute } from './routes.ts'

export const lightWorkMs = 4
const waitMs = 5
const holdMs = 50
const blockingShare = 0.03
const lightLoad = 0.7
// As `isolation.target` is by default.
const target = 0.5

/** For the setting `routes`: where it need not be learned what blocks. */
export const declared = { 'GET /report': 'blocking' } as const

/** So many requests a second load the loops that are left to light ones to seven tenths. */
function fittingRate(loops: number): number {
  for (let kept = 1; ; kept++) {
    const rate = (lightLoad * (loops - kept)) / ((1 - blockingShare) * lightWorkMs)
    if ((rate * blockingShare * holdMs) / target <= kept) return rate * 1_000
  }
}

/** Light requests, and a few that block. @param slowness every request takes so many times longer, and there are fewer */
export function mixedTraffic(loops: number, rng: Rng, slowness = 1): Traffic {
  const rate = fittingRate(loops) / slowness
  return {
    rateAt: () => rate,
    most: rate,
    mix: [
      [lightRoute(rng, slowness * lightWorkMs, slowness * waitMs), 1 - blockingShare],
      [blockingRoute(slowness * holdMs), blockingShare],
    ],
  }
}
