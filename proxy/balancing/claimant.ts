import type { Decision } from '../../core/decision.ts'
import type { Endpoint } from './endpoint.ts'
import type { Priority, RouteKind } from './route-kind.ts'
import type { Ticket } from './ticket.ts'
import type { Waiter } from './waiting-queue.ts'

/** Someone who wants a ticket: an exchange or a tunnel. */
export interface Claimant {
  /** What makes this request stick to one loop; undefined for most. */
  readonly stickyKey: string | undefined
  readonly kind: RouteKind
  readonly priority: Priority
  /** It wants to know why: the balancer then sets `decision` before it grants. */
  readonly explains: boolean
  decision: Decision | undefined
  /** The endpoint the last attempt failed on: another is preferred. */
  readonly avoid: Endpoint | undefined
  /** Set by the balancer while the claimant waits. */
  waiter: Waiter<Claimant> | undefined
  granted(ticket: Ticket): void
  refused(reason: RefusalReason): void
}

export type RefusalReason = 'OVERLOADED' | 'NO_LOOP'
