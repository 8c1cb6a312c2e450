import type { LoopStatus } from '../../core/status.ts'

/** A loop that serves and has nothing to do. */
export const idleLoop: LoopStatus = {
  id: '0',
  pid: 1,
  state: 'ready',
  generation: 1,
  inFlight: 0,
  requests: 0,
  utilization: 0,
  delayP99Ms: 0,
  rssBytes: 0,
  heapUsedBytes: 0,
  restarts: 0,
  isolated: false,
  forBlocking: false,
  concurrency: 0,
  uptimeSeconds: 60,
  blocked: false,
}
