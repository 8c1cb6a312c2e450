import type { Step, WorkloadRoute } from '../compare/comparison.ts'
import { runStep } from '../engine/run-step.ts'

import { type Bench, withRig } from '../engine/rig.ts'

const warmUpSeed = 2
const seed = 3

/** Runs a cluster at a rate, and measures it once it has warmed up and learned which routes block. */
export async function rehearse(
  bench: Bench,
  flags: readonly string[],
  { routes, rate, seconds }: { readonly routes: readonly WorkloadRoute[]; readonly rate: number; readonly seconds: number },
): Promise<Step> {
  return await withRig(bench, flags, async ({ cluster, client }) => {
    // It may begin with a loop that is held up for long, until its balancer has learned why: what came of that is to be over.
    await client.offer({ routes, rate, seconds: Math.max(2, seconds / 2), seed: warmUpSeed, graceSeconds: 30 })
    return await runStep(cluster, client, { routes, rate, seconds, seed })
  })
}
