import { VirtualTime } from '../../lab/virtual-time.ts'
import type { Balancer } from '../../proxy/balancing/balancer.ts'
import type { Endpoint } from '../../proxy/balancing/endpoint.ts'
import { EndpointSet } from '../../proxy/balancing/endpoint-set.ts'
import { ordinary, type RouteKind } from '../../proxy/balancing/route-kind.ts'
import { balancerOf } from './balancer-of.ts'
import { Client } from './claimant.ts'
import { identity, tuning } from './endpoints.ts'

/** One request, from its arrival on. Milliseconds of virtual time; undefined until it is so far. */
export interface Job {
  readonly kind: RouteKind
  readonly cameAt: number
  worker: Endpoint | undefined
  begunAt: number | undefined
  refusedAt: number | undefined
  /** Its place among those that have begun. */
  order: number
}

const sweepMs = 100

/** A balancer in virtual time before sync workers, which take so long for a request, and some of which are for blocking routes alone. */
export class TimedWorkers {
  readonly time = new VirtualTime()
  readonly endpoints = new EndpointSet(tuning, this.time)
  readonly balancer: Balancer
  readonly jobs: Job[] = []
  /** The most requests that any worker had at once. */
  mostAtOnce = 0
  #begun = 0

  constructor({ open, pool = 0, queueLimit = 1_000 }: { readonly open: number; readonly pool?: number; readonly queueLimit?: number }) {
    this.balancer = balancerOf(this.endpoints, this.time, { queueLimit, queueTimeoutMs: 10_000, queueDelayMs: 300, later: this.time.later })
    this.endpoints.apply([
      ...Array.from({ length: open }, (_, index) => identity(String(index), { cap: 1 })),
      ...Array.from({ length: pool }, (_, index) => identity(`b${index}`, { cap: 1, forBlocking: true })),
    ])
    this.time.every(sweepMs, () => this.balancer.expire())
  }

  /** A request comes that a worker needs so long for. */
  send(ms: number, kind: RouteKind = ordinary, onDone: () => void = () => {}): Job {
    const { time } = this
    const job: Job = { kind, cameAt: time.now(), worker: undefined, begunAt: undefined, refusedAt: undefined, order: -1 }
    this.jobs.push(job)
    const client = new Client((ticket) => {
      job.worker = ticket.endpoint
      job.begunAt = time.now()
      job.order = this.#begun++
      this.mostAtOnce = Math.max(this.mostAtOnce, ticket.endpoint.inFlight)
      time.later(ms, () => {
        ticket.answered(200, 'link')
        ticket.settle('answered')
        onDone()
      })
    }, kind)
    client.refused = () => {
      job.refusedAt = time.now()
      onDone()
    }
    this.balancer.claim(client)
    return job
  }

  /** So many a second from now on, evenly, for so long. */
  stream(perSecond: number, forMs: number, send: () => void): void {
    for (let count = 0; count < (perSecond * forMs) / 1_000; count++) this.time.later((count * 1_000) / perSecond, send)
  }
}
