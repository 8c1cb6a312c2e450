import type { Findings } from './recommend.ts'
import { busyMs, meanOf } from './route-demand.ts'

/**
 * Findings that do not contradict themselves: so many answers a second prove that a request takes no more of the CPUs, and of event loops,
 * than there was. What was measured of single requests is more where the machine had other things to do meanwhile, and is made less.
 */
export function calibrate(findings: Findings): Findings {
  const { routes, machine, syncWorkers, loops } = findings
  const most = Math.max(0, ...[...syncWorkers, ...loops].map(({ perSecond }) => perSecond))
  const cpuMs = meanOf(routes, (route) => route.cpuMs) + machine.besideMs
  const cpuFactor = Math.min(1, (1_000 * machine.cpus) / most / cpuMs)
  const mostOfOne = Math.max(0, ...loops.map(({ workers, perSecond }) => perSecond / workers))
  const computed = routes.map((route) => ({ ...route, cpuMs: route.cpuMs * cpuFactor }))
  const holdFactor = Math.min(1, 1_000 / mostOfOne / meanOf(computed, busyMs))
  return {
    ...findings,
    machine: { ...machine, besideMs: machine.besideMs * cpuFactor },
    routes: computed.map((route) => ({ ...route, cpuMs: route.cpuMs * holdFactor, heldMs: route.heldMs * holdFactor })),
  }
}
