import type { Clock } from '../core/sources.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointSet } from './endpoint-set.ts'
import type { Policy } from './policies/policy.ts'
import { type LaneName, type Outcome, Ticket, type TicketOffice } from './ticket.ts'
import { WaitingQueue, type Waiter } from './waiting-queue.ts'

/** Someone who wants a ticket: an exchange or a tunnel. */
export interface Claimant {
  /** What makes this request stick to one loop; undefined for most. */
  readonly stickyKey: string | undefined
  /** The endpoint the last attempt failed on: another is preferred. */
  readonly avoid: Endpoint | undefined
  /** Set by the balancer while the claimant waits. */
  waiter: Waiter<Claimant> | undefined
  granted(ticket: Ticket): void
  refused(reason: RefusalReason): void
}

export type RefusalReason = 'OVERLOADED' | 'NO_LOOP'

/** What the balancer counts; the metrics implement it. */
export interface BalancerGauge {
  queued(waitedMs: number): void
  answered(endpoint: Endpoint, statusCode: number, elapsedMs: number, lane: LaneName): void
  shed(reason: 'queue_full' | 'queue_timeout' | 'no_loop'): void
}

interface BalancerParts {
  readonly endpoints: EndpointSet
  readonly policy: Policy
  readonly clock: Clock
  readonly gauge: BalancerGauge
  readonly queueLimit: number
  readonly queueTimeoutMs: number
  /** An endpoint that gets nothing new holds no ticket any more. */
  readonly onReleased: (endpoint: Endpoint) => void
}

/**
 * Gives each request one endpoint, and holds back those that none may take. All four questions are answered
 * elsewhere: who exists and who may serve (EndpointSet), how busy (Endpoint), which one (Policy).
 */
export class Balancer implements TicketOffice {
  readonly #parts: BalancerParts
  readonly #queue: WaitingQueue<Claimant>
  readonly #room: Endpoint[] = []
  #inFlight = 0

  constructor(parts: BalancerParts) {
    this.#parts = parts
    this.#queue = new WaitingQueue(parts.queueLimit, parts.clock)
    parts.endpoints.onChange(() => this.#dispatch())
  }

  /** Tickets not settled. */
  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#queue.depth
  }

  /** Calls `granted` or `refused`, at once or when the queue has come to it. */
  claim(claimant: Claimant): void {
    // Whoever waits goes first: an ejection may just have ended, and the queue is told of that later.
    if (this.#queue.depth > 0) this.#dispatch()
    const endpoint = this.#queue.depth === 0 ? this.#choose(claimant) : undefined
    if (endpoint !== undefined) return claimant.granted(this.#issue(endpoint))
    const { queueTimeoutMs, endpoints, gauge } = this.#parts
    claimant.waiter = this.#queue.push(claimant, queueTimeoutMs)
    if (claimant.waiter !== undefined) return
    const idle = endpoints.serving.length === 0
    gauge.shed(idle ? 'no_loop' : 'queue_full')
    claimant.refused(idle ? 'NO_LOOP' : 'OVERLOADED')
  }

  /** The claimant's client has gone. */
  withdraw(claimant: Claimant): void {
    if (claimant.waiter === undefined) return
    this.#queue.remove(claimant.waiter)
    claimant.waiter = undefined
  }

  /** Refuses those who have waited too long. Called a few times a second. */
  expire(): void {
    const { clock, endpoints, gauge } = this.#parts
    for (const claimant of this.#queue.expire(clock.now())) {
      claimant.waiter = undefined
      const idle = endpoints.serving.length === 0
      gauge.shed(idle ? 'no_loop' : 'queue_timeout')
      claimant.refused(idle ? 'NO_LOOP' : 'OVERLOADED')
    }
  }

  answered(ticket: Ticket, statusCode: number, lane: LaneName): void {
    const { clock, gauge } = this.#parts
    const now = clock.now()
    const elapsed = now - ticket.issuedAt
    ticket.endpoint.latency.observe(elapsed, now)
    gauge.answered(ticket.endpoint, statusCode, elapsed, lane)
  }

  settled(ticket: Ticket, outcome: Outcome): void {
    const { endpoint } = ticket
    endpoint.inFlight--
    this.#inFlight--
    if (outcome === 'answered') endpoint.outlier.success()
    else if (outcome === 'failed') this.#failed(endpoint)
    if (endpoint.inFlight === 0 && (endpoint.state === 'draining' || endpoint.state === 'dead')) this.#parts.onReleased(endpoint)
    if (this.#queue.depth > 0) this.#dispatch()
  }

  #failed(endpoint: Endpoint): void {
    const { clock, endpoints } = this.#parts
    const now = clock.now()
    // A failure that came fast must not make the endpoint look fast (Linkerd's load biaser).
    endpoint.latency.penalise(now)
    if (endpoint.outlier.failure(now)) endpoints.refresh()
  }

  #issue(endpoint: Endpoint): Ticket {
    endpoint.inFlight++
    this.#inFlight++
    return new Ticket(endpoint, this.#parts.clock.now(), this)
  }

  #dispatch(): void {
    while (this.#queue.depth > 0) {
      const head = this.#queue.peek()!
      const endpoint = this.#choose(head)
      if (endpoint === undefined) return
      this.#queue.shift()
      this.#parts.gauge.queued(this.#parts.clock.now() - head.waiter!.since)
      head.waiter = undefined
      head.granted(this.#issue(endpoint))
    }
  }

  #choose(claimant: Claimant): Endpoint | undefined {
    const { serving, capped } = this.#parts.endpoints
    const { policy } = this.#parts
    if (!capped && claimant.avoid === undefined) return policy.pick(serving, claimant.stickyKey)
    const room = this.#room
    room.length = 0
    for (const endpoint of serving) {
      if (endpoint !== claimant.avoid && (endpoint.cap === 0 || endpoint.inFlight < endpoint.cap)) room.push(endpoint)
    }
    if (room.length > 0) return policy.pick(room, claimant.stickyKey)
    // Where only the avoided one is left, it is better than none: it may have closed one connection only.
    const last = claimant.avoid
    return last !== undefined && serving.includes(last) && (last.cap === 0 || last.inFlight < last.cap) ? last : undefined
  }
}
