import { compareLoops } from '../core/loop-order.ts'
import type { BalancerStatus, ClusterStatus, LoopStatus } from '../core/status.ts'
import type { BalancerProcess } from './balancer-process.ts'
import type { Cluster } from './cluster.ts'
import type { Endpoints } from './endpoints.ts'
import type { Slot } from './slot.ts'

export interface StatusFacts {
  readonly version: string
  readonly model: string
  readonly listen: string
  readonly uptimeSeconds: number
  readonly autoscale?: { readonly min: number; readonly max: number }
}

/** The cluster as `/api/status` shows it. */
export function clusterStatus(cluster: Cluster, facts: StatusFacts): ClusterStatus {
  return {
    ...facts,
    uptimeSeconds: Math.round(facts.uptimeSeconds * 10) / 10,
    ...processStatus(cluster),
    routes: cluster.routes.routes,
    reload: cluster.changes.reloadState,
  }
}

/** Its loops and balancers alone: what the history samples, without the cost of the routes. */
export function processStatus({ slots, endpoints, balancers, clock }: Cluster): Pick<ClusterStatus, 'loops' | 'balancers'> {
  return {
    loops: [...slots.values()].sort((a, b) => compareLoops(a.id, b.id)).map((slot) => loopStatus(slot, endpoints, clock.now())),
    balancers: balancers.processes.map(balancerStatus),
  }
}

function loopStatus(slot: Slot, endpoints: Endpoints, now: number): LoopStatus {
  const process = slot.shown
  const report = process?.state === 'dead' ? undefined : process?.report
  const lastHold = process?.lastHold.shown
  const readyAt = process?.state === 'dead' ? undefined : process?.readyAt
  return {
    id: slot.id,
    // A dead process's pid may be another program's by now.
    pid: process === undefined || process.state === 'dead' ? 0 : process.pid,
    ...(process?.thread === undefined ? {} : { thread: process.thread }),
    forBlocking: process?.forBlocking ?? false,
    concurrency: process?.concurrency ?? 0,
    uptimeSeconds: readyAt === undefined ? 0 : Math.round((now - readyAt) / 100) / 10,
    state: process?.state ?? 'dead',
    generation: process?.identity.generation ?? slot.generation,
    inFlight: slot.living.reduce((sum, living) => sum + (living.report?.inFlight ?? 0), 0),
    requests: slot.requests,
    ...(report?.tasks === undefined ? {} : { tasks: report.tasks }),
    utilization: report?.utilization ?? 0,
    delayP99Ms: report?.delayP99Ms ?? 0,
    rssBytes: report?.rssBytes ?? 0,
    heapUsedBytes: report?.heapUsedBytes ?? 0,
    restarts: slot.restarts,
    isolated: process?.forBlocking === true || (report?.isolated ?? false),
    blocked: process !== undefined && endpoints.isBlocked(process.identity.key),
    ...(process?.insight.holding === undefined ? {} : { holding: process.insight.holding }),
    ...(lastHold === undefined ? {} : { lastHold }),
  }
}

function balancerStatus({ id, pid, state, report }: BalancerProcess): BalancerStatus {
  const dead = state === 'dead'
  return {
    id,
    pid: dead ? 0 : pid,
    state,
    connections: dead ? 0 : (report?.connections ?? 0),
    inFlight: dead ? 0 : (report?.inFlight ?? 0),
    queued: dead ? 0 : (report?.queued ?? 0),
    requests: report?.requests ?? 0,
    shed: report?.shed ?? 0,
    retries: report?.retries ?? 0,
    rescued: report?.rescued ?? 0,
    errors: report?.errors ?? 0,
  }
}
