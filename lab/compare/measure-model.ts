import { setTimeout as after } from 'node:timers/promises'

import type { Rig } from '../engine/rig.ts'
import { measureCapacity } from '../engine/capacity.ts'
import { runStep } from '../engine/run-step.ts'

import type { ModelResult, Step, Workload } from './comparison.ts'
import { holdsOf } from './holds.ts'
import { worthOffering } from './ladder.ts'
import type { Pace } from './options.ts'

/** What is drawn is the same for all models. */
const seed = 1
/** What a step has left undone is over by then. */
const settleMs = 250
const warmUpConnections = 8
/** What it answered in a burst, up to this share of it, it should keep up with. */
const easyShare = 0.9

const better = (one: Step, other: Step): Step => (other.throughput > one.throughput ? other : one)

/** Lets code be compiled, and routes be learned. */
export const warmUp = ({ client }: Rig, { routes }: Workload, { warmUpSeconds }: Pace): Promise<unknown> =>
  client.burst({ routes, connections: warmUpConnections, seconds: warmUpSeconds, seed })

/** How many requests a second it answers when it has never nothing to do. */
export async function measureBurst(rig: Rig, workload: Workload, pace: Pace): Promise<number> {
  await warmUp(rig, workload, pace)
  await after(settleMs)
  return await measureCapacity(rig.client, { routes: workload.routes, seconds: pace.burstSeconds, seed })
}

export interface StepsPlan {
  readonly workload: Workload
  readonly pace: Pace
  readonly rates: readonly number[]
  /** What it answered in a burst. */
  readonly burst: number
  /** Told before each step. */
  readonly onStep: (rate: number, index: number) => void
  /** Each step once it is measured: they are there even if the rest never is. */
  readonly onMeasured: (step: Step) => void
}

/** Offers the rates one after the other, as far as the model keeps up, and one beyond. */
export async function measureSteps(rig: Rig, plan: StepsPlan): Promise<Pick<ModelResult, 'holdsMs'>> {
  const { workload, pace, burst } = plan
  await warmUp(rig, workload, pace)
  for (const [index, rate] of worthOffering(plan.rates, burst).entries()) {
    plan.onStep(rate, index)
    await after(settleMs)
    const offer = (): Promise<Step> => runStep(rig.cluster, rig.client, { rate, seconds: pace.stepSeconds, routes: workload.routes, seed })
    const first = await offer()
    // It has done more before: something else may have kept the machine busy.
    const step = first.saturated && rate < burst * easyShare ? better(first, await offer()) : first
    plan.onMeasured(step)
    if (step.saturated) break
  }
  return { holdsMs: holdsOf((await rig.cluster.status()).routes, workload) }
}
