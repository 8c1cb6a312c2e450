import type { Claimant, RefusalReason } from '../../proxy/balancing/claimant.ts'
import type { Endpoint } from '../../proxy/balancing/endpoint.ts'
import { ordinary, type RouteKind } from '../../proxy/balancing/route-kind.ts'
import type { Ticket } from '../../proxy/balancing/ticket.ts'

/** Someone who wants a ticket, and remembers what it got. */
export class Client implements Claimant {
  stickyKey: string | undefined
  readonly kind: RouteKind
  readonly priority: Claimant['priority']
  explains = false
  decision: Claimant['decision'] = undefined
  avoid: Endpoint | undefined
  waiter: Claimant['waiter'] = undefined
  readonly tickets: Ticket[] = []
  readonly refusals: RefusalReason[] = []
  readonly #onGranted: (ticket: Ticket) => void

  constructor(onGranted: (ticket: Ticket) => void = () => {}, kind: RouteKind = ordinary) {
    this.#onGranted = onGranted
    this.kind = kind
    this.priority = kind.priority
  }

  granted(ticket: Ticket): void {
    this.tickets.push(ticket)
    this.#onGranted(ticket)
  }

  refused(reason: RefusalReason): void {
    this.refusals.push(reason)
  }
}
