import type { Decision } from '../../core/decision.ts'
import type { Claimant } from './claimant.ts'
import type { Endpoint } from './endpoint.ts'
import { explainChoice } from './explain.ts'
import { patienceMs, Placement, type PlacementParts, reasons } from './placement.ts'
import type { Priority, RouteKind } from './route-kind.ts'
import { type LaneName, type Outcome, Ticket, type TicketOffice } from './ticket.ts'
import { WaitingQueue } from './waiting-queue.ts'

/** What the balancer counts; the metrics implement it. */
export interface BalancerGauge {
  queued(waitedMs: number): void
  answered(endpoint: Endpoint, statusCode: number, elapsedMs: number, lane: LaneName): void
  shed(reason: ShedReason): void
  /** A request of a blocking route was given to a loop that is kept for such, or to another one. */
  placedBlocking(confined: boolean): void
}

export type ShedReason = 'queue_full' | 'queue_timeout' | 'queue_delay' | 'displaced' | 'no_loop'

interface BalancerParts extends PlacementParts {
  readonly policyName: string
  readonly gauge: BalancerGauge
  readonly queueLimit: number
  readonly queueTimeoutMs: number
  /** As of `limits.queueDelay`. */
  readonly queueDelayMs: number
  /** An endpoint that gets nothing new holds no ticket any more. */
  readonly onReleased: (endpoint: Endpoint) => void
  /** Calls back so many milliseconds later. */
  readonly later: (ms: number, action: () => void) => void
}

type Queue = WaitingQueue<Claimant>

// The weight of the newest response in the mean time that requests take.
const newest = 0.02
// Until it beats again a loop is given as many requests as keep it busy for so long, and at least so many: it does not beat while it works on
// them, and when everything comes at once it would be given all of it.
const busyMs = 50
const leastQuota = 32

/**
 * Gives each request one endpoint, and holds back those that none may take. All four questions are answered
 * elsewhere: who exists and who may serve (EndpointSet), how busy (Endpoint), which one (Placement and its Policy).
 */
export class Balancer implements TicketOffice {
  readonly #parts: BalancerParts
  readonly #placement: Placement
  readonly #queue: Queue
  // Requests of blocking routes wait for other loops than the rest: neither must stand in the other's way.
  readonly #confined: Queue
  readonly #alarm = (): void => {
    this.#alarmAt = Number.POSITIVE_INFINITY
    this.#dispatch()
  }
  // When the next alarm is due; Infinity where there is none.
  #alarmAt = Number.POSITIVE_INFINITY
  #inFlight = 0
  /** Since when there has been somebody who serves; undefined while there is nobody. */
  #servedSince: number | undefined = undefined
  /** How long a loop is busy with one request, as far as that can be told from how long it takes beside others; 0 until it can. */
  #serviceMs = 0
  /** The same of the pool, whose workers hold one at a time: waiting included. */
  #poolServiceMs = 0

  constructor(parts: BalancerParts) {
    const { clock, queueLimit: limit, queueDelayMs: delayMs } = parts
    this.#parts = parts
    this.#placement = new Placement(parts)
    this.#queue = new WaitingQueue({ limit, delayMs }, clock)
    this.#confined = new WaitingQueue({ limit, delayMs }, clock)
    parts.endpoints.onChange(() => this.#noteService())
    this.#noteService()
    parts.endpoints.onOpen(() => this.#dispatch())
  }

  /** Tickets not settled. */
  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#queue.depth + this.#confined.depth
  }

  /** Calls `granted` or `refused`, at once or when the queue has come to it. */
  claim(claimant: Claimant): void {
    // Whoever waits goes first: an ejection may just have ended, and the queue is told of that later.
    if (this.#queue.depth > 0) this.#dispatch()
    const confinedTo = this.#placement.confinedTo(claimant)
    const queue = confinedTo === undefined ? this.#queue : this.#confined
    if (queue.depth === 0) {
      const endpoint = this.#choose(claimant, confinedTo, 0)
      if (endpoint !== undefined) return this.#grant(claimant, endpoint)
    }
    this.#wait(claimant, queue)
  }

  /** The claimant's client has gone. */
  withdraw(claimant: Claimant): void {
    if (claimant.waiter === undefined) return
    claimant.waiter.queue.remove(claimant.waiter)
    claimant.waiter = undefined
    // Whoever stood behind it may be less patient.
    if (this.#confined.depth > 0) this.#dispatch()
  }

  /** Refuses those who have waited too long, and looks whether a loop has been silent for so long that others serve in its place. Called a few times a second. */
  expire(): void {
    const now = this.#parts.clock.now()
    for (const queue of [this.#queue, this.#confined]) {
      for (const claimant of queue.expire(now)) this.#refuse(claimant, 'queue_timeout')
      this.#dropStale(queue)
    }
    this.#dispatch()
  }

  /** Whether a request that this endpoint holds could go to another at once, which is heard of. */
  hasOtherThan(endpoint: Endpoint): boolean {
    // Where requests wait it would be one of them, and wait a second time.
    if (this.#queue.depth > 0) return false
    return this.#parts.endpoints.tiers.preferred.some((other) => other !== endpoint && !other.blocked && other.hasRoom)
  }

  /** Where a request would go now, and why. */
  explain(kind: RouteKind, priority: Priority, stickyKey: string | undefined): Decision {
    const asker: Claimant = {
      stickyKey,
      kind,
      priority,
      explains: true,
      decision: undefined,
      avoid: undefined,
      waiter: undefined,
      granted: () => undefined,
      refused: () => undefined,
    }
    const confinedTo = this.#placement.confinedTo(asker)
    const waits = (confinedTo === undefined ? this.#queue : this.#confined).depth > 0
    return this.#explain(asker, waits ? undefined : this.#choose(asker, confinedTo, 0))
  }

  answered(ticket: Ticket, statusCode: number, lane: LaneName): void {
    const { clock, gauge } = this.#parts
    const { endpoint } = ticket
    const now = clock.now()
    const elapsed = now - ticket.issuedAt
    // 502 to 504 say that the endpoint cannot serve, and say it fast: it must not look fast for that.
    if (statusCode >= 502 && statusCode <= 504) endpoint.latency.penalise(now)
    else endpoint.latency.observe(elapsed, now)
    if (endpoint.forBlocking) this.#poolServiceMs = follow(this.#poolServiceMs, elapsed)
    else this.#serviceMs = follow(this.#serviceMs, elapsed / endpoint.inFlight)
    if (endpoint.adaptive?.observe !== undefined) this.#adapt(endpoint, elapsed, now)
    gauge.answered(endpoint, statusCode, elapsed, lane)
  }

  /** A beat of a loop has come. @param lateMs how late the loop stands behind its events */
  heard(endpoint: Endpoint, lateMs: number): void {
    const { adaptive } = endpoint
    if (adaptive?.heard === undefined) return
    const { limit } = endpoint
    const waits = endpoint.given >= endpoint.quota
    endpoint.given = 0
    adaptive.heard(this.#parts.clock.now(), endpoint.inFlight, lateMs)
    if (this.#serviceMs > 0) endpoint.quota = Math.max(leastQuota, Math.ceil(busyMs / this.#serviceMs))
    // One that was silent is open to all in a moment. Until then nobody is let in before those for whom it is kept.
    if (endpoint.blocked) return
    if (endpoint.limit !== limit) this.#parts.endpoints.reopen()
    else if (waits && this.queued > 0) this.#dispatch()
  }

  released({ endpoint }: Ticket): void {
    endpoint.blockingInFlight--
    if (endpoint.blockingInFlight === 0) this.#parts.endpoints.regroup()
    if (this.#confined.depth > 0) this.#dispatch()
  }

  settled(ticket: Ticket, outcome: Outcome): void {
    const { endpoint } = ticket
    endpoint.inFlight--
    this.#inFlight--
    if (endpoint.inFlight === 0) endpoint.adaptive?.rests?.()
    if (outcome === 'answered') endpoint.outlier.success()
    else if (outcome === 'failed') this.#failed(endpoint)
    if (endpoint.inFlight === 0 && (endpoint.state === 'draining' || endpoint.state === 'dead')) this.#parts.onReleased(endpoint)
    if (this.queued > 0) this.#dispatch()
  }

  #failed(endpoint: Endpoint): void {
    const { clock, endpoints } = this.#parts
    const now = clock.now()
    // A failure that came fast must not make the endpoint look fast (Linkerd's load biaser).
    endpoint.latency.penalise(now)
    if (endpoint.outlier.failure(now)) endpoints.refresh()
  }

  #adapt(endpoint: Endpoint, elapsed: number, now: number): void {
    const before = endpoint.limit
    endpoint.adaptive!.observe!(elapsed, endpoint.inFlight, now)
    if ((before === 0) !== (endpoint.limit === 0)) this.#parts.endpoints.regroup()
  }

  #choose(claimant: Claimant, confinedTo: readonly Endpoint[] | undefined, waitedMs: number): Endpoint | undefined {
    const placement = this.#placement
    return confinedTo === undefined ? placement.choose(claimant) : placement.chooseConfined(claimant, confinedTo, waitedMs)
  }

  #grant(claimant: Claimant, endpoint: Endpoint): void {
    if (claimant.explains) claimant.decision = this.#explain(claimant, endpoint)
    const { blocking } = claimant.kind
    endpoint.inFlight++
    this.#inFlight++
    if (blocking) this.#placeBlocking(endpoint)
    claimant.granted(new Ticket(endpoint, this.#parts.clock.now(), this, blocking))
  }

  #placeBlocking(endpoint: Endpoint): void {
    this.#parts.gauge.placedBlocking(endpoint.isolated || endpoint.forBlocking)
    if (endpoint.blockingInFlight++ === 0) this.#parts.endpoints.regroup()
  }

  #wait(claimant: Claimant, queue: Queue): void {
    const { queueTimeoutMs } = this.#parts
    const confined = queue === this.#confined
    claimant.waiter = queue.push(claimant, claimant.priority, queueTimeoutMs)
    if (claimant.waiter !== undefined) {
      if (confined) this.#wakeFor(queue.peek()!)
      return
    }
    if (!confined && this.#overfill(claimant)) return
    const displaced = queue.makeRoom(claimant.priority)
    if (displaced === undefined) return this.#refuse(claimant, 'queue_full')
    // Before the other one hears of it: the next request of its client would take the place.
    claimant.waiter = queue.push(claimant, claimant.priority, queueTimeoutMs)
    this.#refuse(displaced, 'displaced')
    if (queue.depth > 0 && confined) this.#wakeFor(queue.peek()!)
  }

  /** Nobody more may wait: whoever is first goes to a loop that has room, but was to be heard of first. False where none has. */
  #overfill(claimant: Claimant): boolean {
    const queue = this.#queue
    const first = queue.peek() ?? claimant
    const endpoint = this.#placement.chooseAtOnce(first)
    if (endpoint === undefined) return false
    if (first === claimant) {
      this.#grant(claimant, endpoint)
      return true
    }
    this.#leave(queue, first, this.#parts.clock.now() - first.waiter!.since)
    // Before the first hears of it, as below.
    claimant.waiter = queue.push(claimant, claimant.priority, this.#parts.queueTimeoutMs)
    this.#grant(first, endpoint)
    return true
  }

  #leave(queue: Queue, head: Claimant, waitedMs: number): void {
    queue.shift()
    this.#parts.gauge.queued(waitedMs)
    head.waiter = undefined
  }

  /** Looks again when the first in the queue has waited long enough for a loop that is kept for its kind. One alarm does for all. */
  #wakeFor(head: Claimant): void {
    const { clock, later } = this.#parts
    const now = clock.now()
    const due = head.waiter!.since + patienceMs(head)
    if (due <= now || due >= this.#alarmAt) return
    this.#alarmAt = due
    // Timers count from when the turn of the event loop began, and so go off too soon: then another one follows.
    later(Math.max(1, due - now), this.#alarm)
  }

  #refuse(claimant: Claimant, why: ShedReason): void {
    claimant.waiter = undefined
    const idle = this.#parts.endpoints.serving.length === 0
    this.#parts.gauge.shed(idle ? 'no_loop' : why)
    claimant.refused(idle ? 'NO_LOOP' : 'OVERLOADED')
  }

  #dispatch(): void {
    // These first: others have more loops to go to, and would take the room on the kept ones whenever all are full.
    if (this.#confined.depth > 0) this.#serve(this.#confined)
    if (this.#queue.depth > 0) this.#serve(this.#queue)
  }

  #serve(queue: Queue): void {
    this.#dropStale(queue)
    while (queue.depth > 0) {
      const head = queue.peek()!
      const waitedMs = this.#parts.clock.now() - head.waiter!.since
      const confinedTo = queue === this.#confined ? this.#placement.confinedTo(head) : undefined
      const endpoint = this.#choose(head, confinedTo, waitedMs)
      if (endpoint === undefined) {
        if (confinedTo !== undefined) this.#wakeFor(head)
        return
      }
      this.#leave(queue, head, waitedMs)
      this.#grant(head, endpoint)
    }
  }

  #noteService(): void {
    if (this.#parts.endpoints.serving.length === 0) this.#servedSince = undefined
    else this.#servedSince ??= this.#parts.clock.now()
  }

  #dropStale(queue: Queue): void {
    // Who waits for a loop to come back is no overload: then the deadline alone counts.
    if (queue.depth === 0 || this.#servedSince === undefined) return
    const serviceMs = queue === this.#confined ? Math.max(queue.peek()!.kind.holdMs, this.#poolServiceMs) : this.#serviceMs
    for (const claimant of queue.stale(this.#parts.clock.now(), serviceMs, this.#servedSince)) this.#refuse(claimant, 'queue_delay')
  }

  #explain(claimant: Claimant, chosen: Endpoint | undefined): Decision {
    const { endpoints, policyName, clock } = this.#parts
    return explainChoice({
      endpoints: endpoints.all,
      confinedTo: this.#placement.confinedTo(claimant),
      pool: endpoints.tiers.pool,
      kind: claimant.kind,
      priority: claimant.priority,
      policy: policyName,
      chosen,
      queued: this.queued,
      reason: reasons[chosen === undefined ? 'waits' : this.#placement.reason],
      now: clock.now(),
    })
  }
}

/** A mean that follows the newest; the first is all there is. */
const follow = (mean: number, value: number): number => (mean === 0 ? value : mean + newest * (value - mean))
