import type { Endpoint } from './endpoint.ts'

/** The way by which a request reached its loop. */
export type LaneName = 'http' | 'link'

/** How an attempt ended, as far as the endpoint is concerned. */
export type Outcome =
  /** The endpoint answered in full. */
  | 'answered'
  /** No connection, cut off, or no answer in time: counts against the endpoint. */
  | 'failed'
  /** The client went away or sent something wrong: says nothing of the endpoint. */
  | 'cancelled'

/** Who is told when tickets change: the balancer. */
export interface TicketOffice {
  answered(ticket: Ticket, statusCode: number, lane: LaneName): void
  /** A request of a blocking route holds its loop no more. */
  released(ticket: Ticket): void
  settled(ticket: Ticket, outcome: Outcome): void
}

/**
 * One request's hold on one endpoint. It is settled exactly once, whatever happens: the count of requests in
 * flight, which the whole balancing rests on, is the number of tickets not settled.
 */
export class Ticket {
  readonly endpoint: Endpoint
  /** Clock time at which the endpoint was chosen, in milliseconds. */
  readonly issuedAt: number
  readonly #office: TicketOffice
  /** It is for a blocking route and not answered yet. */
  #holds: boolean
  #open = true

  constructor(endpoint: Endpoint, issuedAt: number, office: TicketOffice, holds: boolean) {
    this.endpoint = endpoint
    this.issuedAt = issuedAt
    this.#office = office
    this.#holds = holds
  }

  get open(): boolean {
    return this.#open
  }

  /** The head of the response has come; its time says how fast the endpoint is. */
  answered(statusCode: number, lane: LaneName): void {
    this.#office.answered(this, statusCode, lane)
    // What comes behind the head is at the client's pace: a slow one must not keep the loop from others.
    this.#release()
  }

  /** Further calls do nothing: every path may settle, and several do when things go wrong at once. */
  settle(outcome: Outcome): void {
    if (!this.#open) return
    this.#open = false
    this.#release()
    this.#office.settled(this, outcome)
  }

  #release(): void {
    if (!this.#holds) return
    this.#holds = false
    this.#office.released(this)
  }
}
