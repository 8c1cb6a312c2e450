import type { Clock } from '../../core/sources.ts'
import { Balancer } from '../../proxy/balancing/balancer.ts'
import type { EndpointSet } from '../../proxy/balancing/endpoint-set.ts'
import { LeastRequest } from '../../proxy/balancing/policies/least-request.ts'
import { SlowStart } from '../../proxy/balancing/slow-start.ts'

type Parts = ConstructorParameters<typeof Balancer>[0]

/** A balancer that counts nothing, waits for nothing and lets fresh loops have their share, but for what is said. */
export const balancerOf = (endpoints: EndpointSet, clock: Clock, more: Partial<Parts>): Balancer =>
  new Balancer({
    endpoints,
    policy: new LeastRequest(),
    policyName: 'least-request',
    slowStart: new SlowStart(0, clock, () => 0),
    reserve: () => 1,
    poolHangsMs: () => Number.POSITIVE_INFINITY,
    place: 0,
    clock,
    gauge: { queued: () => {}, answered: () => {}, shed: () => {}, placedBlocking: () => {} },
    queueLimit: 100,
    queueTimeoutMs: 1_000,
    queueDelayMs: 0,
    onReleased: () => {},
    later: () => {},
    ...more,
  })
