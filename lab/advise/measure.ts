import type { Workload } from '../compare/comparison.ts'
import { sharesOf } from '../compare/workload.ts'
import { checkRoutes } from '../compare/check-routes.ts'
import { clusterMemory } from '../engine/cluster-use.ts'

import { calibrate } from './calibrate.ts'
import { demandOf, type RouteProbe } from './demand.ts'
import { answersOf, measureRoute } from './measure-route.ts'
import { measureThroughput } from './measure-throughput.ts'
import type { Findings } from './recommend.ts'
import { type Bench, withRig } from '../engine/rig.ts'
import { flagsOf, loopSetup, syncSetup, titleOf } from './setup.ts'
import type { Throughput } from './usl.ts'

export interface MeasurePlan {
  readonly workload: Workload
  readonly cpus: number
  readonly memoryBytes: number
  /** How long each single thing is measured. */
  readonly seconds: number
  /** How many sync workers are tried. */
  readonly syncCounts: readonly number[]
}

/** Of what a process takes, where no thread was measured. */
const threadPart = 0.4

/** Finds out what the requests of a workload ask for, and what more workers bring. */
export async function measure(bench: Bench, plan: MeasurePlan): Promise<Findings> {
  const { cpus, memoryBytes } = plan
  const { probes, one, processBytes } = await onOneLoop(bench, plan)
  const more = await onMoreLoops(bench, plan, probes)
  const sync = await onSyncWorkers(bench, plan, processBytes)
  const demands = more.probes.map((probe) => demandOf(probe, cpus))
  return calibrate({
    routes: demands.map(({ route }) => route),
    machine: { cpus, memoryBytes, besideMs: demands.reduce((sum, { route, besideMs }) => sum + route.share * besideMs, 0) },
    memory: { processBytes, threadBytes: sync.threadBytes },
    syncWorkers: sync.throughput,
    loops: [one, ...more.throughput],
  })
}

async function onOneLoop(bench: Bench, { workload, seconds }: MeasurePlan) {
  const { routes } = workload
  const shares = sharesOf(routes)
  return await withRig(bench, flagsOf(loopSetup(1)), async (rig) => {
    await checkRoutes(rig.cluster.url, workload)
    const probes: RouteProbe[] = []
    for (const [index, route] of routes.entries()) {
      bench.tell(`${route.method} ${route.path}: what one request asks for`)
      probes.push(await measureRoute(rig, route, shares[index]!, seconds))
    }
    bench.tell('one event loop: the most it answers')
    const perSecond = await measureThroughput(rig.client, routes, seconds)
    const { loopBytes } = clusterMemory(rig.cluster.pid)
    return { probes, one: { workers: 1, perSecond }, processBytes: loopBytes }
  })
}

/** More event loops than one, up to one for each CPU; those of two also tell whether what is waited for is shared. */
async function onMoreLoops(bench: Bench, { workload: { routes }, seconds, cpus }: MeasurePlan, probes: readonly RouteProbe[]) {
  const suspects = probes.filter((probe) => demandOf(probe, cpus).route.lockMs > 0)
  const counts = [2, 4, 8, 16, 32, 64].filter((count) => count < cpus)
  if (cpus > 1) counts.push(cpus)
  if (counts[0] !== 2 && suspects.length > 0) counts.unshift(2)
  const throughput: Throughput[] = []
  const told = new Map<RouteProbe, number>()
  for (const workers of counts) {
    await withRig(bench, flagsOf(loopSetup(workers)), async (rig) => {
      bench.tell(`${titleOf(loopSetup(workers))}: the most they answer`)
      throughput.push({ workers, perSecond: await measureThroughput(rig.client, routes, seconds) })
      if (workers !== 2) return
      for (const probe of suspects) {
        const route = routes[probes.indexOf(probe)]!
        told.set(probe, await answersOf(rig.client, route, 2 * probe.connections, seconds))
      }
    })
  }
  const all = probes.map((probe): RouteProbe => {
    const perSecondOfTwo = told.get(probe)
    return perSecondOfTwo === undefined ? probe : { ...probe, perSecondOfTwo }
  })
  return { probes: all, throughput }
}

async function onSyncWorkers(bench: Bench, { workload: { routes }, seconds, cpus, syncCounts }: MeasurePlan, processBytes: number) {
  const throughput: Throughput[] = []
  let threadBytes = processBytes * threadPart
  for (const workers of syncCounts) {
    const setup = syncSetup(workers, cpus)
    await withRig(bench, flagsOf(setup), async (rig) => {
      bench.tell(`${titleOf(setup)}: the most they answer`)
      throughput.push({ workers, perSecond: await measureThroughput(rig.client, routes, seconds) })
      if (setup.threads > 1) threadBytes = threadBytesOf(clusterMemory(rig.cluster.pid).loopBytes, setup, processBytes)
    })
  }
  return { throughput, threadBytes }
}

function threadBytesOf(loopBytes: number, { loops, threads }: ReturnType<typeof syncSetup>, processBytes: number): number {
  const processes = Math.ceil(loops / threads)
  return Math.max(processBytes / 20, (loopBytes - processes * processBytes) / (loops - processes))
}
