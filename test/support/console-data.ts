import type { BalancerStatus, ClusterHistory, ClusterStatus, LoopStatus, RouteStatus } from '../../core/status.ts'
import { idleLoop } from './idle-loop.ts'

export const loopStatus = (id: number, change: Partial<LoopStatus> = {}): LoopStatus => ({
  ...idleLoop,
  id: String(id),
  pid: 4_000 + id,
  inFlight: 3 + ((id * 5) % 9),
  requests: 10_000 + id,
  tasks: { begun: 9_000 + id, openSeconds: 36 * (1 + (id % 4)), atSeconds: 60 },
  utilization: 0.2 + ((id * 7) % 10) / 20,
  delayP99Ms: 1 + ((id * 3) % 7) / 2,
  rssBytes: (80 + id) * 1_048_576,
  heapUsedBytes: 20 * 1_048_576,
  ...change,
})

export const balancerStatus = (id: number, change: Partial<BalancerStatus> = {}): BalancerStatus => ({
  id: String(id),
  pid: 3_000 + id,
  state: 'ready',
  connections: 64,
  inFlight: 20,
  queued: 0,
  requests: 40_000,
  shed: 0,
  retries: 0,
  rescued: 0,
  errors: 0,
  ...change,
})

export const routeStatus = (route: string, blockingP99Ms: number, change: Partial<RouteStatus> = {}): RouteStatus => ({
  method: 'GET',
  route,
  requests: 1_000,
  blockingP50Ms: blockingP99Ms / 3,
  blockingP99Ms,
  class: blockingP99Ms > 50 ? 'blocking' : 'async',
  ...change,
})

export const clusterStatus = (loops: number | readonly LoopStatus[], change: Partial<ClusterStatus> = {}): ClusterStatus => ({
  version: '0.1.0',
  model: 'hybrid',
  listen: 'http://127.0.0.1:8080',
  uptimeSeconds: 3_725,
  loops: typeof loops === 'number' ? Array.from({ length: loops }, (_, id) => loopStatus(id)) : loops,
  balancers: [balancerStatus(0)],
  routes: [routeStatus('/', 0.4), routeStatus('/users/:id', 1.2), routeStatus('/block', 2_900)],
  reload: { state: 'idle', generation: 1 },
  ...change,
})

/** Ten minutes, one sample a second. */
export function clusterHistory(loops: number, end: number): ClusterHistory {
  const steps = Array.from({ length: 600 }, (_, step) => step)
  const wave = (seed: number, height: number): number[] =>
    steps.map((step) => height * (1 + Math.sin(step / 40 + seed)) + ((step * 7 + seed) % 5) / 50)
  return {
    stepMs: 1_000,
    at: steps.map((step) => end - (599 - step) * 1_000),
    loops: Object.fromEntries(
      Array.from({ length: loops }, (_, id) => [
        String(id),
        {
          utilization: wave(id, 0.4),
          delayP99Ms: wave(id, 4),
          inFlight: wave(id, 5).map(Math.round),
          requests: steps.map((step) => step * 200),
          rssBytes: wave(id, 3e6).map((value) => value + (80 + id) * 1_048_576),
        },
      ]),
    ),
    balancers: {
      0: {
        connections: steps.map(() => 64),
        inFlight: wave(0, 20),
        queued: steps.map(() => 0),
        requests: steps.map((step) => step * 800 + Math.round(500 * Math.sin(step / 30) * 4)),
        shed: steps.map(() => 0),
      },
    },
  }
}
