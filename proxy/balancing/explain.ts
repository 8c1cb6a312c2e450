import type { Candidate, Decision, Standing } from '../../core/decision.ts'
import type { Endpoint } from './endpoint.ts'
import { priorities, type Priority, type RouteKind } from './route-kind.ts'

interface Choice {
  /** Everyone, those that cannot serve as well. */
  readonly endpoints: readonly Endpoint[]
  readonly kind: RouteKind
  /** As of Placement: whom the request is confined to, if it is. */
  readonly confinedTo: readonly Endpoint[] | undefined
  /** As of Tiers: the workers that are there for blocking routes alone. */
  readonly pool: readonly Endpoint[]
  readonly priority: Priority
  /** Of the policy. */
  readonly policy: string
  /** Undefined where the request waits. */
  readonly chosen: Endpoint | undefined
  readonly queued: number
  /** One sentence for people. */
  readonly reason: string
  readonly now: number
}

/** A choice for people: what stood for and against each endpoint when it was made. Counts are those before the request itself. */
export function explainChoice({ endpoints, kind, confinedTo, pool, priority, policy, chosen, queued, reason, now }: Choice): Decision {
  return {
    ...(kind.name === '' ? {} : { route: kind.name }),
    class: kind.blocking ? 'blocking' : 'async',
    priority: priorities[priority],
    policy,
    ...(chosen === undefined ? {} : { chosen: chosen.loop }),
    reason,
    queued,
    candidates: endpoints.map((endpoint) => candidateOf(endpoint, now, confinedTo, pool)),
  }
}

/**
 * What stands against giving an endpoint one more request; the gravest where it is more than one thing.
 * @param confinedTo undefined for a request that may go to all but the pool
 */
export function standingOf(endpoint: Endpoint, now: number, confinedTo: Choice['confinedTo'], pool: Choice['pool']): Standing {
  if (endpoint.state !== 'ready') return endpoint.state
  if (!endpoint.reachable) return 'unreachable'
  if (!endpoint.health.healthy) return 'unhealthy'
  if (endpoint.outlier.isEjected(now)) return 'ejected'
  if (!endpoint.hasRoom) return 'full'
  if (endpoint.blocked) return 'silent'
  if (confinedTo !== undefined && !confinedTo.includes(endpoint)) return 'reserved'
  if (confinedTo === undefined && pool.includes(endpoint)) return 'pool'
  if (confinedTo === undefined && endpoint.isolated) return 'isolated'
  return endpoint.blockingInFlight > 0 ? 'blocking' : 'eligible'
}

function candidateOf(endpoint: Endpoint, now: number, confinedTo: Choice['confinedTo'], pool: Choice['pool']): Candidate {
  const { loop, key, inFlight, blockingInFlight, limit, beat, latency } = endpoint
  return {
    loop,
    key,
    inFlight,
    blocking: blockingInFlight,
    limit,
    ...(beat === undefined ? {} : { utilization: beat.utilization, delayMs: hundredths(beat.delayMs) }),
    latencyMs: hundredths(latency.cost(now, 0)),
    standing: standingOf(endpoint, now, confinedTo, pool),
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100
