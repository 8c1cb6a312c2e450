import type { BalancerStatus, LoopStatus } from '../../core/status.ts'

/** Loops that take the same requests. */
export interface Group {
  readonly loops: number
  /** In loops: three that are half busy are a load of 1.5. */
  readonly load: number
}

/** How busy the loops that scale are at one moment. */
export interface Sample {
  /** By the clock, in milliseconds. */
  readonly at: number
  readonly ordinary: Group
  /** Loops that are kept for blocking routes: they may be full while the others have nothing to do. */
  readonly isolated: Group
  /** Requests that wait in the balancers. */
  readonly queued: number
  /** Requests refused since the balancers began, because no loop could take them. */
  readonly shed: number
}

interface Look {
  readonly loops: readonly LoopStatus[]
  readonly balancers: readonly BalancerStatus[]
}

/** What a look at the cluster shows; undefined while a loop starts, leaves or is dead: then nothing can be said of the others. */
export function sampleOf(at: number, { loops, balancers }: Look): Sample | undefined {
  const scaling = loops.filter((loop) => !loop.forBlocking)
  if (scaling.length === 0 || scaling.some((loop) => loop.state !== 'ready')) return undefined
  const serving = balancers.filter((balancer) => balancer.state === 'ready')
  const isolated = groupOf(scaling.filter((loop) => loop.isolated))
  const ordinary = groupOf(scaling.filter((loop) => !loop.isolated))
  // A worker that waits for its one request is idle by its clock, and can take no other.
  const elsewhere = loops.reduce((count, loop) => count + (loop.forBlocking ? loop.inFlight : 0), 0)
  const held = occupancy(scaling, sum(serving, 'inFlight') - elsewhere)
  return {
    at,
    ordinary: { loops: ordinary.loops, load: Math.max(ordinary.load, held * ordinary.loops) },
    isolated,
    queued: sum(serving, 'queued'),
    shed: sum(serving, 'shed'),
  }
}

const groupOf = (loops: readonly LoopStatus[]): Group => ({
  loops: loops.length,
  load: loops.reduce((load, loop) => load + busyShare(loop), 0),
})

// What a loop says of itself is from before it was held, and it says nothing more until that is over.
const busyShare = ({ utilization, blocked, holding }: LoopStatus): number => (blocked || holding !== undefined ? 1 : utilization)

/** The share of what the loops may hold at once that they hold, 0 to 1; 0 where one has no cap. */
function occupancy(loops: readonly LoopStatus[], inFlight: number): number {
  if (loops.some((loop) => loop.concurrency === 0)) return 0
  const cap = loops.reduce((total, loop) => total + loop.concurrency, 0)
  return Math.max(0, Math.min(1, inFlight / cap))
}

const sum = (balancers: readonly BalancerStatus[], of: 'inFlight' | 'queued' | 'shed'): number =>
  balancers.reduce((total, balancer) => total + balancer[of], 0)
