import { explain } from '../../lab/advise/explain.ts'
import { type Advice, commandFor } from '../../lab/advise/advice.ts'
import { type Findings, recommend } from '../../lab/advise/recommend.ts'
import type { RouteDemand } from '../../lab/advise/route-demand.ts'

/** A route that asks for next to nothing, but for what is given. */
export const demandOf = (given: Partial<RouteDemand> = {}): RouteDemand => ({
  name: 'GET /',
  share: 1,
  cpuMs: 0.05,
  heldMs: 0,
  waitMs: 0,
  lockMs: 0,
  lockIsLocal: false,
  spread: [],
  ...given,
})

/** What might have been found out about such routes on a machine of four CPUs. */
export const findingsOf = (routes: readonly RouteDemand[], given: Partial<Findings> = {}, cpus = 4): Findings => ({
  routes,
  machine: { cpus, besideMs: 0.05, memoryBytes: 8 * 2 ** 30 },
  memory: { processBytes: 80e6, threadBytes: 20e6 },
  syncWorkers: [],
  loops: [],
  ...given,
})

/** Advice for these findings, as if nothing had been run. */
export function adviceOf(findings: Findings, rate: number): Advice {
  const recommendation = recommend(findings, { rate })
  return {
    version: '0.0.0',
    startedAt: '2026-11-23T08:00:00.000Z',
    machine: { cpus: findings.machine.cpus, memoryBytes: findings.machine.memoryBytes, node: 'v24.0.0', system: 'Linux' },
    app: 'app.js',
    workload: {
      name: 'made up',
      routes: findings.routes.map(({ name, share }) => ({ method: name.split(' ')[0]!, path: name.split(' ')[1]!, weight: share })),
    },
    findings,
    recommendation,
    sentences: explain(findings, recommendation),
    command: commandFor('app.js', recommendation),
    tried: [],
    failures: [],
  }
}
