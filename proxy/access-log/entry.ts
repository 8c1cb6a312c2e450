import type { Decision } from '../../core/decision.ts'
import { type ReplyCode, replies } from '../../core/replies.ts'
import type { LaneName, Ticket } from '../balancing/ticket.ts'

/** `error.type` of a request whose client left before it had its whole answer. */
export const clientGone = 'CLIENT_GONE'

/** `error.type` of a request that was under way when the balancer stopped. */
export const stopped = 'STOPPED'

/** What the access log notes of a request while it is under way; made only where there is such a log. */
export class AccessEntry {
  readonly lane: LaneName
  readonly requestId: string
  /** On the clock, in milliseconds. */
  readonly startedAt: number
  /** Of the connection's other end. */
  readonly peerAddress: string
  readonly peerPort: number
  /** The loop that was tried last. */
  loop: string | undefined = undefined
  /** Why that loop; undefined where nobody asked. */
  decision: Decision | undefined = undefined
  attempts = 0
  waitedMs = 0
  /** What the client was told; 0 where nothing was. */
  status = 0
  /** Why it did not end well: a code of the balancer, or a word of this file. */
  error: string | undefined = undefined
  /** Bytes of body that came from the client. */
  requestBytes = 0
  /** Bytes of body that were handed to the client's connection; NaN where that is not known. */
  responseBytes = Number.NaN
  #waitsSince = -1

  constructor(lane: LaneName, requestId: string, startedAt: number, peerAddress: string, peerPort: number) {
    this.lane = lane
    this.requestId = requestId
    this.startedAt = startedAt
    this.peerAddress = peerAddress
    this.peerPort = peerPort
  }

  /** No loop may take it yet. */
  waits(since: number): void {
    this.#waitsSince = since
  }

  /** An attempt begins. */
  granted(ticket: Ticket, decision: Decision | undefined): void {
    this.#served(ticket.issuedAt)
    this.attempts++
    this.loop = ticket.endpoint.loop
    this.decision = decision
  }

  /** The head of a response has come. */
  answered(status: number, responseBytes: number): void {
    this.status = status
    this.responseBytes = responseBytes
  }

  /** It ends before its time, and the client is told nothing more. What was noted first counts. */
  cut(reason: string): void {
    this.error ??= reason
  }

  /** @param begun the client has been told a status already */
  failed(code: ReplyCode, begun: boolean): void {
    this.error = code
    if (!begun) this.status = replies[code].status
  }

  ended(now: number): void {
    this.#served(now)
  }

  #served(now: number): void {
    if (this.#waitsSince < 0) return
    this.waitedMs += now - this.#waitsSince
    this.#waitsSince = -1
  }
}
