import type { Decision } from '../core/decision.ts'
import type { Claimant, RefusalReason } from '../proxy/balancing/claimant.ts'
import type { Endpoint } from '../proxy/balancing/endpoint.ts'
import type { Priority, RouteKind } from '../proxy/balancing/route-kind.ts'
import type { Ticket } from '../proxy/balancing/ticket.ts'
import type { Waiter } from '../proxy/balancing/waiting-queue.ts'
import type { ModelBalancer } from './model-balancer.ts'
import type { ModelLink } from './model-link.ts'
import type { Happening, VirtualTime } from './virtual-time.ts'

/** What one request makes its loop do, in milliseconds: work, then a wait that holds nobody, then work again. */
export interface Work {
  readonly firstMs: number
  /** 0 where the first piece is all. */
  readonly waitMs: number
  readonly lastMs: number
}

export interface Route {
  readonly method: string
  readonly path: string
  /** Draws what the next request does. */
  readonly draw: (now: number) => Work
}

export type End = 'answered' | 'failed' | 'shed'

/** One request as the balancer and whoever counts see it. */
export class ModelRequest implements Claimant {
  readonly stickyKey = undefined
  readonly explains = false
  decision: Decision | undefined = undefined
  avoid: Endpoint | undefined = undefined
  waiter: Waiter<Claimant> | undefined = undefined
  readonly route: Route
  readonly work: Work
  readonly dueAt: number
  readonly kind: RouteKind
  readonly priority: Priority
  readonly #balancer: ModelBalancer
  readonly #onEnd: (request: ModelRequest, end: End) => void
  // It is given to another loop once, as in the product.
  #moved = false

  constructor(balancer: ModelBalancer, route: Route, dueAt: number, onEnd: (request: ModelRequest, end: End) => void) {
    this.#balancer = balancer
    this.route = route
    this.work = route.draw(dueAt)
    this.dueAt = dueAt
    this.kind = balancer.isolation.kindOf(route.method, route.path)
    this.priority = this.kind.priority
    this.#onEnd = onEnd
  }

  granted(ticket: Ticket): void {
    ticket.endpoint.given++
    this.#balancer.linkOf(ticket.endpoint).send(this, ticket)
  }

  refused(_reason: RefusalReason): void {
    this.#onEnd(this, 'shed')
  }

  /** The loop that has it is silent or gone: another one gets it. False where no other may have it: it has been moved before, or would hold the next one. */
  move(from: Endpoint, ticket: Ticket, outcome: 'cancelled' | 'failed'): boolean {
    if (this.#moved || this.kind.blocking) return false
    this.#moved = true
    ticket.settle(outcome)
    this.avoid = from
    this.#balancer.balancer.claim(this)
    return true
  }

  failed(ticket: Ticket): void {
    ticket.settle('failed')
    this.#onEnd(this, 'failed')
  }

  answered(ticket: Ticket): void {
    ticket.answered(200, 'link')
    ticket.settle('answered')
    this.#onEnd(this, 'answered')
  }
}

/** One request at one loop. */
export class Visit implements Happening {
  readonly request: ModelRequest
  readonly link: ModelLink
  /** The balancer has taken it back. */
  abandoned = false
  /** How long the piece takes that is next. */
  pieceMs = 0
  /** The longest piece so far. */
  heldMs = 0
  readonly #ticket: Ticket
  readonly #time: VirtualTime
  #stage: 'travelling' | 'first' | 'waiting' | 'last' | 'answering' = 'travelling'

  constructor(request: ModelRequest, link: ModelLink, ticket: Ticket, time: VirtualTime) {
    this.request = request
    this.link = link
    this.#ticket = ticket
    this.#time = time
  }

  /** The loop has not read it. */
  get isNew(): boolean {
    return this.#stage === 'first'
  }

  /** The loop has read it: how long will its piece take? @param slowness of the process */
  prepare(slowness: number): number {
    if (this.abandoned) return 0
    const { firstMs, lastMs } = this.request.work
    this.pieceMs = (this.#stage === 'first' ? firstMs : lastMs) * slowness
    return this.pieceMs
  }

  /** True where it was the last one: its answer can be sent. */
  pieceEnded(): boolean {
    this.heldMs = Math.max(this.heldMs, this.pieceMs)
    const { waitMs } = this.request.work
    const waits = this.#stage === 'first' && waitMs > 0
    this.#stage = waits ? 'waiting' : 'answering'
    if (waits) this.#time.after(waitMs, this)
    return !waits
  }

  /** Its answer is sent. */
  leave(): void {
    this.link.heard()
    this.#time.after(this.link.delayMs, this)
  }

  /** Its time has come: it is there, or its wait is over, or its answer is there. */
  happen(): void {
    if (this.#stage === 'travelling') {
      this.#stage = 'first'
      this.link.loop.take(this)
    } else if (this.#stage === 'waiting') {
      this.#stage = 'last'
      this.link.loop.ready(this)
    } else this.request.answered(this.#ticket)
  }

  /** The loop is silent and has not read it. */
  takeBack(): void {
    const { balancer, endpoint } = this.link
    if (!balancer.balancer.hasOtherThan(endpoint)) return
    this.abandoned = this.request.move(endpoint, this.#ticket, 'cancelled')
  }

  /** The process has ended before it came to this. */
  lost(): void {
    if (!this.abandoned && !this.request.move(this.link.endpoint, this.#ticket, 'failed')) this.ended()
  }

  /** The process has ended in the middle of this: where it hung, the next one would too. */
  ended(): void {
    this.request.failed(this.#ticket)
  }
}
