import { systemClock } from '../../core/sources.ts'
import type { Client } from '../../load/client/client.ts'
import type { LoadRoute, Offered } from '../../load/client/commands.ts'
import { machineCpuMs, readProcess } from '../../load/process-tree.ts'
import type { Step } from '../compare/comparison.ts'

import { clusterMemory, clusterUse, type ClusterUse } from './cluster-use.ts'
import { between, type Histogram, quantile, readHistogram } from './histogram.ts'
import type { RunningCluster } from './running-cluster.ts'

export interface StepPlan {
  /** Requests per second. */
  readonly rate: number
  readonly seconds: number
  readonly routes: readonly LoadRoute[]
  readonly seed: number
}

/** How long an answer is waited for once the last request was sent. */
const graceSeconds = 15

/** Offers requests at a constant rate, and tells what became of them and what that cost. */
export async function runStep(cluster: RunningCluster, client: Client, plan: StepPlan): Promise<Step> {
  const waitedBefore = await queueTimes(cluster)
  const beside = (use: ClusterUse): number => machineCpuMs() - use.cpuMs - (readProcess(client.pid)?.cpuMs ?? 0)
  const before = clusterUse(cluster.pid)
  const besideBefore = beside(before)
  const started = systemClock.now()
  const offered = await client.offer({ ...plan, graceSeconds })
  const after = clusterUse(cluster.pid)
  const otherCpus = Math.max(0, (beside(after) - besideBefore) / (systemClock.now() - started))
  const waited = between(waitedBefore, await queueTimes(cluster))
  return stepOf({ plan, offered, before, after, waited, otherCpus, memoryBytes: clusterMemory(cluster.pid).bytes })
}

const queueTimes = async (cluster: RunningCluster): Promise<Histogram> =>
  readHistogram(await cluster.metrics(), 'evenloop_proxy_queue_seconds')

export interface Measured {
  readonly plan: StepPlan
  readonly offered: Offered
  readonly before: ClusterUse
  readonly after: ClusterUse
  /** Seconds that requests waited, of those that had to. */
  readonly waited: Histogram
  /** CPUs that neither the cluster nor the client kept busy. */
  readonly otherCpus: number
  readonly memoryBytes: number
}

/** A step from what was read before and after it. */
export function stepOf({ plan, offered, before, after, waited, otherCpus, memoryBytes }: Measured): Step {
  const total = (of: (route: Offered['routes'][number]) => number): number => offered.routes.reduce((sum, route) => sum + of(route), 0)
  const latencies = concatenate(offered.routes.map(({ latenciesMs }) => latenciesMs)).sort()
  const sent = total((route) => route.sent)
  const good = latencies.length
  const had = waited.counts.reduce((sum, count) => sum + count, 0)
  const zeros = Math.max(0, good - had)
  const perGood = (amount: number): number => (good === 0 ? 0 : amount / good)
  const cpuMs = after.cpuMs - before.cpuMs
  return {
    offered: plan.rate,
    sent,
    good,
    refused: total((route) => route.refused),
    failed: total((route) => route.failed),
    throughput: total((route) => route.inTime) / plan.seconds,
    p50Ms: sortedQuantile(latencies, 0.5),
    p99Ms: sortedQuantile(latencies, 0.99),
    p999Ms: sortedQuantile(latencies, 0.999),
    routes: offered.routes.map(({ latenciesMs }) => {
      const sorted = latenciesMs.toSorted()
      return { p50Ms: sortedQuantile(sorted, 0.5), p99Ms: sortedQuantile(sorted, 0.99) }
    }),
    queueP50Ms: quantile(waited, 0.5, zeros) * 1000,
    queueP99Ms: quantile(waited, 0.99, zeros) * 1000,
    cpus: cpuMs / 1000 / plan.seconds,
    cpuUs: perGood(cpuMs * 1000),
    loopCpuUs: perGood((after.loopCpuMs - before.loopCpuMs) * 1000),
    memoryBytes,
    voluntarySwitches: perGood(after.voluntary - before.voluntary),
    involuntarySwitches: perGood(after.involuntary - before.involuntary),
    clientLateMs: offered.lateP99Ms,
    otherCpus,
    saturated: isSaturated(offered),
  }
}

/** Less than this share of the requests of a route, good and in time: it has not kept up. */
const keptUpShare = 0.95
/** Fewer requests of a route than this say nothing about it. */
const fewRequests = 20

/** It has not kept up, with all that was asked or with one route of it. */
export function isSaturated({ routes }: Pick<Offered, 'routes'>): boolean {
  const behind = (inTime: number, sent: number): boolean => sent > 0 && inTime < keptUpShare * sent
  const all = routes.reduce((sum, { inTime, sent }) => ({ inTime: sum.inTime + inTime, sent: sum.sent + sent }), { inTime: 0, sent: 0 })
  return behind(all.inTime, all.sent) || routes.some(({ inTime, sent }) => sent >= fewRequests && behind(inTime, sent))
}

/** The smallest that at least the share of all does not exceed; NaN where there is none. */
export const sortedQuantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
