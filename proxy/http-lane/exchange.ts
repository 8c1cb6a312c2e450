import type { IncomingMessage, InformationEvent, ServerResponse } from 'node:http'

import type { ReplyCode } from '../../core/replies.ts'
import { onLostInLine } from '../../core/waiting-response.ts'
import { type AccessEntry, clientGone, stopped } from '../access-log/entry.ts'
import type { Asked } from '../access-log/line.ts'
import type { Asker } from '../access-log/access-log.ts'
import { announcesBody } from '../admission.ts'
import { askedOfMessage } from '../access-log/asked.ts'
import type { Claimant, RefusalReason } from '../balancing/claimant.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import { peerOf } from '../access-log/peer-of.ts'
import type { Admitted } from '../lane.ts'
import { lingeringClose } from '../lingering-close.ts'
import type { Listed } from '../../core/live-list.ts'
import { reply } from '../reply.ts'
import { forwardedRequestHeaders } from '../request-headers.ts'
import { forwardedResponseHeaders, interimHead } from '../response-head.ts'
import { triesAgain } from '../try-again.ts'
import type { Priority, RouteKind } from '../balancing/route-kind.ts'
import { type Failure, isIdempotent } from '../retry-policy.ts'
import type { Outcome, Ticket } from '../balancing/ticket.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { LaneParts } from './lane-parts.ts'
import { overdue } from '../overdue.ts'
import { RequestBody } from './request-body.ts'
import { type RelayOwner, ResponseRelay } from './response-relay.ts'

/**
 * One request of one client, from its admission until its response has been sent or nobody waits for it: claims a
 * ticket, tries, tries again where that is safe, relays the response. Whatever happens, the client gets one answer and
 * every ticket is settled.
 */
export class Exchange implements Claimant, Listed, AttemptOwner, RelayOwner, Asker {
  readonly stickyKey: string | undefined
  readonly kind: RouteKind
  readonly priority: Priority
  readonly explains: boolean
  decision: Claimant['decision'] = undefined
  avoid: Endpoint | undefined = undefined
  waiter: Claimant['waiter'] = undefined
  place = -1
  readonly startedAt: number
  readonly body: RequestBody | undefined
  attempt: Attempt | undefined = undefined
  relay: ResponseRelay | undefined = undefined
  /** The client holds its body back until it hears 100. */
  expectsContinue: boolean
  readonly #parts: LaneParts
  readonly #admitted: Admitted
  readonly req: IncomingMessage
  readonly #res: ServerResponse
  #attempts = 0
  /** Refused by an answer of our own, or cut: decided once, and counted once. */
  #failed = false
  #over = false
  /** For the access log, if there is one. */
  readonly #entry: AccessEntry | undefined

  constructor(parts: LaneParts, admitted: Admitted, res: ServerResponse) {
    const { req } = admitted
    this.#parts = parts
    this.#admitted = admitted
    this.req = req
    this.#res = res
    this.stickyKey = admitted.stickyKey
    this.kind = parts.isolation.kindOf(req.method!, req.url!)
    this.priority = admitted.priority ?? this.kind.priority
    this.explains = admitted.explains || parts.accessLog?.keepsDecisions === true
    this.startedAt = parts.clock.now()
    this.#entry = parts.accessLog?.begin('http', admitted.forwarded.requestId, this.startedAt, peerOf(req.socket))
    this.expectsContinue = admitted.expectsContinue
    this.body = announcesBody(req) ? this.#openBody() : undefined
    req.headers = forwardedRequestHeaders(req.headers, admitted.forwarded)
  }

  start(): void {
    this.#parts.live.add(this)
    this.#res.on('close', () => this.#closed())
    onLostInLine(this.req, this.#res, () => this.#closed())
    this.#parts.budget.request()
    this.#claim()
  }

  granted(ticket: Ticket): void {
    const parts = this.#parts
    const { req } = this
    const asksTaken = ticket.endpoint.node && !isIdempotent(req.method!)
    if (asksTaken) req.headers['evenloop-taken'] = '1'
    // Deleting what is not there would still turn the object into a slow one.
    else if (this.#attempts > 0) delete req.headers['evenloop-taken']
    const { body, expectsContinue } = this
    const order = { method: req.method!, path: req.url!, body, expectsContinue, asksTaken }
    this.#attempts++
    this.#entry?.granted(ticket, this.decision)
    this.attempt = new Attempt(ticket, parts.clock.now(), order, this)
    try {
      parts.web.send(req, this.#res, parts.upstreams.for(ticket.endpoint), this.attempt)
    } catch (error) {
      // Node refuses to send what it took for valid when it came: one client's request must not end the process.
      this.attempt.failed(error as Error)
    }
  }

  refused(reason: RefusalReason): void {
    this.fail(reason, 'cancelled')
  }

  broke(reached: Failure['reached'], error: NodeJS.ErrnoException): void {
    const { ticket, order } = this.attempt!
    this.attempt = undefined
    // A loop that is not there was no try: where all of them died at once the request waits for the next.
    if (this.#parts.unreachable(ticket.endpoint, error)) this.#attempts--
    ticket.settle('failed')
    const failure: Failure = {
      reached,
      method: order.method,
      speaksTaken: order.asksTaken,
      responded: false,
      bodyReplayable: this.body?.replayable ?? true,
      attempt: this.#attempts,
      attempts: this.#parts.retry.attempts,
      clientGone: this.#over,
    }
    if (!triesAgain(failure, ticket.endpoint, () => order.path, this.#parts.budget)) return this.fail('LOOP_FAILED', 'failed')
    this.#parts.gauge.retried(reached)
    this.avoid = ticket.endpoint
    this.#claim()
  }

  informed(event: InformationEvent): void {
    // RFC 9110 15.2: never to a client of HTTP/1.0.
    if (this.req.httpVersionMinor === 0 || this.#res.headersSent) return
    // As bytes: writeEarlyHints throws for a Link that it cannot read, and an app may send any. A response behind
    // another one has no connection yet; hints can be left out.
    this.#res.socket?.write(interimHead(event), 'latin1')
  }

  continued(): void {
    if (!this.expectsContinue) return
    this.expectsContinue = false
    this.#res.writeContinue()
  }

  responded(response: IncomingMessage): void {
    const res = this.#res
    this.attempt!.ticket.answered(response.statusCode!, 'http')
    // A client that still holds its body back may send it or not: what follows on the connection could be either.
    if (this.expectsContinue || this.#parts.endsWith(res)) res.shouldKeepAlive = false
    try {
      const { setCookie, explains } = this.#admitted
      const fields = forwardedResponseHeaders(response, this.req, setCookie, explains ? this.decision : undefined)
      res.writeHead(response.statusCode!, response.statusMessage, fields as never)
    } catch (error) {
      response.destroy()
      this.attempt!.failed(error as Error)
      return
    }
    this.relay = new ResponseRelay(response, res, this.#parts.clock, this)
    this.#entry?.answered(response.statusCode!, 0)
  }

  asked(): Asked {
    return askedOfMessage(this.req, this.#admitted.forwarded)
  }

  relayed(): void {
    this.attempt!.complete()
    this.attempt!.ticket.settle('answered')
    if (this.body === undefined || this.body.complete) return
    if (!this.#res.shouldKeepAlive) lingeringClose(this.req.socket)
    this.body.discard()
  }

  cutOff(): void {
    if (!this.#over) this.cut('LOOP_FAILED', 'failed')
  }

  /** Ends the exchange with an answer of the balancer's own, or cuts it where an answer has begun. */
  fail(code: ReplyCode, outcome: Outcome): void {
    if (this.#over || this.#failed) return
    if (this.relay !== undefined) return this.cut(code, outcome)
    this.#failed = true
    this.#endAttempt(outcome)
    this.#parts.gauge.failed(code)
    this.#entry?.failed(code, false)
    const unread = this.body !== undefined && !this.body.complete
    reply(this.#res, code, this.#admitted.forwarded.requestId, unread || this.#parts.endsWith(this.#res))
    if (!unread) return
    lingeringClose(this.req.socket)
    this.body!.discard()
  }

  /** Ends a response in the middle so that the client sees that it is not whole. */
  cut(code: ReplyCode, outcome: Outcome): void {
    if (this.#failed) return
    this.#failed = true
    this.#parts.gauge.failed(code)
    this.#entry?.failed(code, true)
    this.#endAttempt(outcome)
    this.#breakOff()
  }

  #breakOff(): void {
    const { socket } = this.#res
    // Behind a response that is still being sent: its turn comes, and sweep looks again.
    if (socket === null) return
    // A body that ends with the connection (HTTP/1.0) looks whole unless the connection is reset.
    if (this.req.httpVersionMinor === 0) socket.resetAndDestroy()
    else socket.destroy()
  }

  /** Acts on what has stood still for too long. */
  sweep(now: number): void {
    if (this.#over) return
    if (this.#failed) return this.relay === undefined ? undefined : this.#breakOff()
    const verdict = overdue(this, now, this.#parts.timeouts)
    if (verdict === undefined) return
    if (verdict.kind === 'unconnected')
      this.attempt!.failed(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT', syscall: 'connect' }))
    else this.fail(verdict.code, verdict.outcome)
  }

  #claim(): void {
    this.#parts.balancer.claim(this)
    if (this.waiter !== undefined) this.#entry?.waits(this.waiter.since)
  }

  #openBody(): RequestBody {
    const { limits, clock } = this.#parts
    return new RequestBody(
      this.req,
      { maxBytes: limits.bodyBytes, replayBytes: limits.replayBytes },
      () => clock.now(),
      (fault) => this.fail(fault, 'cancelled'),
    )
  }

  /** The balancer ends. */
  stop(): void {
    this.#entry?.cut(stopped)
    this.#closed()
  }

  /** The connection has gone, or the response has been sent: either way nothing is left to do but to let go. */
  #closed(): void {
    if (this.#over) return
    this.#over = true
    this.#parts.live.remove(this)
    this.#parts.balancer.withdraw(this)
    this.#endAttempt('cancelled')
    if (this.#entry !== undefined) this.#log(this.#entry)
  }

  #log(entry: AccessEntry): void {
    if (!this.#res.writableFinished) entry.cut(clientGone)
    entry.requestBytes = this.body?.bytes ?? 0
    if (this.relay !== undefined) entry.responseBytes = this.relay.bytes
    this.#parts.accessLog!.end(entry, this)
  }

  #endAttempt(outcome: Outcome): void {
    const attempt = this.attempt
    if (attempt === undefined || !attempt.ticket.open) return
    attempt.end()
    attempt.ticket.settle(outcome)
  }
}
