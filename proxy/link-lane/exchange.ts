import type { Listed } from '../../core/live-list.ts'
import type { ReplyCode } from '../../core/replies.ts'
import { dataFlag, initialWindow, ProtocolError, requestFlag, resetReason } from '../../link/frame.ts'
import { type AccessEntry, clientGone, stopped } from '../access-log/entry.ts'
import type { Claimant, RefusalReason } from '../balancing/claimant.ts'
import { overdue, type Progress } from '../overdue.ts'
import { type Failure, isIdempotent, mayMove } from '../retry-policy.ts'
import type { Outcome, Ticket } from '../balancing/ticket.ts'
import { triesAgain } from '../try-again.ts'
import type { Client } from './client.ts'
import { headInsert, type HeadInsert } from './head-insert.ts'
import { headLength } from './head-length.ts'
import type { LinkLaneParts } from './lane-parts.ts'
import type { Order } from './order.ts'
import { RequestBody } from './request-body.ts'
import type { StreamOwner, UpstreamLink } from './upstream-link.ts'

// Half a window: the sender goes on while the news is on its way.
const creditStep = initialWindow / 2

/**
 * One request on the link lane, from its admission until its response has been handed to the client's connection and its body to
 * the loop: claims a ticket, opens a stream, tries again where that is safe. Whatever happens, the client gets one answer
 * and every ticket is settled.
 */
export class LinkExchange implements Claimant, Listed, StreamOwner, Progress {
  readonly stickyKey: string | undefined
  readonly kind: Order['kind']
  readonly priority: Order['priority']
  readonly explains: boolean
  decision: Claimant['decision'] = undefined
  avoid: Claimant['avoid'] = undefined
  waiter: Claimant['waiter'] = undefined
  place = -1
  readonly startedAt: number
  readonly order: Order
  /** The client holds its body back until it hears 100. */
  expectsContinue: boolean
  // What the time-outs look at (Progress); made only where there is a body or an attempt.
  readonly body: RequestBody | undefined
  attempt: { readonly startedAt: number; readonly connecting: boolean } | undefined = undefined
  relay: { movedAt: number; stalled: boolean } | undefined = undefined
  readonly #parts: LinkLaneParts
  readonly #client: Client
  /** To be said in the response's head, until it has been. */
  #insert: HeadInsert | undefined = undefined
  /** The interim response that is coming in is not for the client. */
  #interimDropped = false
  #ticket: Ticket | undefined = undefined
  #link: UpstreamLink | undefined = undefined
  #stream = 0
  #attempts = 0
  #taken = false
  /** The loop is asked to say when it begins. */
  #asks = false
  /** Bytes of the response for which the loop has not been credited. */
  #owed = 0
  #closes = false
  #responseOver = false
  #over = false
  /** For the access log, if there is one. */
  #entry: AccessEntry | undefined

  constructor(parts: LinkLaneParts, client: Client, order: Order, now: number) {
    this.#parts = parts
    this.#client = client
    this.order = order
    this.stickyKey = order.stickyKey
    this.kind = order.kind
    this.priority = order.priority
    this.explains = order.explains || parts.accessLog?.keepsDecisions === true
    this.expectsContinue = order.expectsContinue
    this.startedAt = now
    this.#entry = parts.accessLog?.begin('link', order.requestId, now, client)
    this.body = order.hasBody ? new RequestBody(parts.limits.replayBytes, now) : undefined
  }

  /** The response has begun: nothing else can be said to the client any more. */
  get responded(): boolean {
    return this.relay !== undefined
  }

  start(): void {
    this.#parts.live.add(this)
    this.#parts.budget.request()
    this.#claim()
  }

  granted(ticket: Ticket): void {
    const { link } = ticket.endpoint
    if (link === undefined) {
      // Its link broke, or it has none, since the choice was prepared. Nothing has been sent.
      ticket.settle('cancelled')
      if (this.#attempts > 0) return this.fail('NO_LOOP', 'cancelled')
      // The other lane tells of it.
      this.#entry = undefined
      this.abandon()
      return this.#client.goHttp()
    }
    this.#ticket = ticket
    this.#link = link
    this.#attempts++
    this.#entry?.granted(ticket, this.decision)
    this.#insert = headInsert(this.order.setCookie, this.order.explains ? this.decision : undefined)
    this.#taken = false
    // To a loop that should have been heard of, everything: if it is blocked, it is known what has not begun and can go elsewhere.
    this.#asks = this.body !== undefined || !isIdempotent(this.order.method) || link.isLate(ticket.issuedAt)
    this.attempt = { startedAt: ticket.issuedAt, connecting: false }
    const { order, body } = this
    let flags = body === undefined ? requestFlag.end : 0
    if (this.#asks) flags |= requestFlag.askTaken
    if (this.expectsContinue) flags |= requestFlag.expect
    if (order.last || this.#parts.draining()) flags |= requestFlag.last
    ticket.endpoint.given++
    this.#stream = link.request(this, flags, this.#client.head)
    if (body === undefined) return
    body.begin(this.#attempts > 1)
    this.#takeBody(body)
  }

  refused(reason: RefusalReason): void {
    this.fail(reason, 'cancelled')
  }

  /** A part of the body, not longer than its `room`. Copied. */
  send(bytes: Buffer, start: number, end: number, last: boolean): void {
    this.body!.keep(bytes, start, end, last, this.#parts.clock.now())
    if (this.#entry !== undefined) this.#entry.requestBytes += end - start
    if (this.#stream === 0) return
    this.#link!.body(this.#stream, bytes, start, end, last)
    if (last) this.#bodyOver()
  }

  /** The end of a chunked body, with its trailers if there are any. */
  sendEnd(bytes: Buffer, trailers: Buffer | undefined): void {
    if (trailers === undefined) return this.send(bytes, 0, 0, true)
    this.body!.keepTrailers(trailers, this.#parts.clock.now())
    if (this.#stream === 0) return
    this.#link!.trailers(this.#stream, trailers)
    this.#bodyOver()
  }

  data(flags: number, aux: number, bytes: Buffer, start: number, end: number): void {
    if (this.relay === undefined) {
      // Nobody asked it to switch protocols: the client would take what comes behind it for another protocol.
      if (aux === 101) return this.#unanswered(flags)
      if ((flags & dataFlag.interim) !== 0) return this.#inform(aux, bytes, start, end)
      // The app has ended the connection without a word: there is nothing to pass on.
      if ((flags & dataFlag.head) === 0) return this.#unanswered(flags)
      this.#respond(flags, aux)
      if (this.#entry !== undefined) this.#entry.answered(aux, -headLength(bytes, start, end))
    }
    if (this.#entry !== undefined) this.#entry.responseBytes += end - start
    if (this.#insert !== undefined) this.#sendWith(this.#insert, bytes.subarray(start, end))
    else if (end > start) this.#client.send(bytes, start, end)
    if ((flags & dataFlag.close) !== 0) this.#closes = true
    if ((flags & dataFlag.end) !== 0) return this.#endResponse()
    this.relay!.movedAt = this.#parts.clock.now()
    this.#owe(end - start)
    // The client's pace is the loop's: credit is given for what has left.
    if (this.#owed >= creditStep && !this.relay!.stalled) this.#credit()
  }

  credited(amount: number): void {
    const { body } = this
    // Credit comes behind TAKEN. Else it is for the request that had the number before, and was on its way when that one ended.
    if (body === undefined || !this.#taken) return
    body.credited(amount)
    this.#takeBody(body)
  }

  taken(): void {
    if (this.#taken) return
    this.#taken = true
    const { body } = this
    if (body === undefined) return
    body.taken()
    this.#takeBody(body)
    if (!isIdempotent(this.order.method)) body.release()
  }

  gaveUp(reason: number): void {
    this.#stream = 0
    if (reason === resetReason.refused) return this.#lose()
    // The app destroyed its connection: another loop would do the same.
    if (!this.#responseOver) return this.fail('LOOP_FAILED', 'cancelled')
    this.#closes = true
    this.#finish()
  }

  lost(): void {
    this.#stream = 0
    this.#lose()
  }

  /** The loop is blocked: what it has not begun goes to another one, if it has not been elsewhere already. */
  silenced(): void {
    const { balancer, budget, gauge } = this.#parts
    const movable = mayMove({
      method: this.order.method,
      known: this.#asks && !this.#taken ? 'not begun' : 'perhaps begun',
      responded: this.responded,
      bodyReplayable: this.body?.replayable ?? true,
      sticks: this.stickyKey !== undefined,
      blocking: this.kind.blocking,
    })
    if (!movable || this.avoid !== undefined || this.#over) return
    const { endpoint } = this.#ticket!
    if (!balancer.hasOtherThan(endpoint) || !budget.tryRetry()) return
    this.#link!.cancel(this.#stream, resetReason.cancelled)
    this.#stream = 0
    this.#endAttempt('cancelled')
    gauge.retried('no')
    this.avoid = endpoint
    this.#claim()
  }

  /** The client's connection has taken, or not taken, what was sent to it. */
  stalled(is: boolean): void {
    const { relay } = this
    if (relay === undefined || relay.stalled === is) return
    relay.stalled = is
    if (is) return
    relay.movedAt = this.#parts.clock.now()
    if (this.#owed >= creditStep) this.#credit()
  }

  /** Ends the exchange with an answer of the balancer's own, or cuts it where an answer has begun. */
  fail(code: ReplyCode, outcome: Outcome): void {
    if (this.#over) return
    this.#parts.gauge.failed(code)
    const begun = this.responded
    this.#entry?.failed(code, begun)
    this.#leave(outcome, code === 'LOOP_TIMEOUT' || code === 'REQUEST_TIMEOUT' ? resetReason.timeout : resetReason.cancelled)
    if (begun) this.#client.cut(this.#closes)
    else this.#client.answerItself(code, this.order, this.body?.complete ?? true)
  }

  /** The client has gone. */
  abandon(): void {
    this.#entry?.cut(clientGone)
    this.#leave('cancelled', resetReason.cancelled)
  }

  /** The balancer ends. */
  stop(): void {
    this.#entry?.cut(stopped)
    this.abandon()
  }

  /** Acts on what has stood still for too long. */
  sweep(now: number): void {
    if (this.#over) return
    if (this.#responseOver) return this.#sweepBody(now)
    const verdict = overdue(this, now, this.#parts.timeouts)
    if (verdict !== undefined && verdict.kind === 'late') this.fail(verdict.code, verdict.outcome)
  }

  #unanswered(flags: number): void {
    // The number may be another request's by now, unless the rest of the body keeps it.
    if ((flags & dataFlag.end) !== 0 && (this.body?.complete ?? true)) this.#stream = 0
    this.fail('LOOP_FAILED', 'cancelled')
  }

  /** Sends as much of the body as the loop takes: first what another loop was sent, then what comes from the client. */
  #takeBody(body: RequestBody): void {
    if (body.replaying) {
      if (!body.replay(this.#link!, this.#stream)) return
      if (body.complete) return this.#bodyOver()
    }
    this.#client.bodyWanted()
  }

  #inform(status: number, bytes: Buffer, start: number, end: number): void {
    this.#owe(end - start)
    if (this.#owed >= creditStep) this.#credit()
    // Where it comes in parts, only the first names it.
    if (status !== 0) this.#interimDropped = status === 100 && !this.expectsContinue
    if (status === 100) this.expectsContinue = false
    if (!this.#interimDropped) this.#client.send(bytes, start, end)
  }

  #sendWith(insert: HeadInsert, part: Buffer): void {
    const head = insert.add(part)
    if (head === undefined) return
    this.#insert = undefined
    this.#client.send(head, 0, head.length)
  }

  #respond(flags: number, status: number): void {
    const now = this.#parts.clock.now()
    this.relay = { movedAt: now, stalled: false }
    const { body } = this
    if (body !== undefined && !body.replaying) body.release()
    this.#ticket!.answered(status, 'link')
    // A client that still holds its body back may send it or not: what follows on the connection could be either.
    this.#closes = (flags & dataFlag.close) !== 0 || this.expectsContinue
  }

  /** The whole response has been handed to the client's connection. */
  #endResponse(): void {
    this.#responseOver = true
    this.#ticket!.settle('answered')
    if (this.#closes || this.body === undefined || this.body.complete) this.#finish()
    // The rest of the body goes on to the loop, as it does where the client is connected to it.
    else this.body.lastByteAt = this.#parts.clock.now()
  }

  #bodyOver(): void {
    if (this.#responseOver) this.#finish()
  }

  #finish(): void {
    const bodySent = this.body?.sent ?? true
    if (!bodySent && this.#stream !== 0) this.#link!.cancel(this.#stream, resetReason.cancelled)
    this.#stream = 0
    this.#over = true
    this.#parts.live.remove(this)
    this.#log()
    this.#client.responded(this.#closes)
  }

  #sweepBody(now: number): void {
    const limit = this.#parts.timeouts.body
    if (limit === 0 || now - this.body!.lastByteAt <= limit) return
    this.#parts.gauge.failed('REQUEST_TIMEOUT')
    this.#entry?.cut('REQUEST_TIMEOUT')
    this.#closes = true
    this.#finish()
  }

  #owe(bytes: number): void {
    this.#owed += bytes
    // What a slow client has not taken lies here: a loop that does not heed its credit would fill the memory.
    if (this.#owed > initialWindow) throw new ProtocolError(`stream ${this.#stream} brings more than it was given credit for`)
  }

  #credit(): void {
    if (this.#stream !== 0) this.#link!.credit(this.#stream, this.#owed)
    this.#owed = 0
  }

  #lose(): void {
    if (this.#over) return
    if (this.#responseOver) {
      // Only the rest of the body is lost, and nobody waits for it.
      this.#closes = true
      return this.#finish()
    }
    if (this.responded) return this.fail('LOOP_FAILED', 'failed')
    const { endpoint } = this.#ticket!
    this.#endAttempt('failed')
    // TAKEN is written before the app runs: a loop that was asked for it and has not said it has not begun.
    const reached: Failure['reached'] = this.#taken ? 'taken' : this.#asks ? 'no' : 'maybe'
    const failure: Failure = {
      reached,
      method: this.order.method,
      speaksTaken: this.#asks,
      responded: false,
      bodyReplayable: this.body?.replayable ?? true,
      attempt: this.#attempts,
      attempts: this.#parts.retry.attempts,
      clientGone: false,
    }
    if (!triesAgain(failure, endpoint, () => this.#client.asked().target, this.#parts.budget)) return this.fail('LOOP_FAILED', 'failed')
    this.#parts.gauge.retried(reached)
    this.avoid = endpoint
    this.#claim()
  }

  #endAttempt(outcome: Outcome): void {
    const ticket = this.#ticket!
    this.attempt = undefined
    this.#ticket = undefined
    this.#owed = 0
    this.body?.stop()
    ticket.settle(outcome)
  }

  #claim(): void {
    this.#parts.balancer.claim(this)
    if (this.waiter !== undefined) this.#entry?.waits(this.waiter.since)
  }

  #leave(outcome: Outcome, reason: number): void {
    if (this.#over) return
    this.#over = true
    this.#parts.live.remove(this)
    this.#parts.balancer.withdraw(this)
    if (this.#stream !== 0) this.#link!.cancel(this.#stream, reason)
    this.#stream = 0
    this.#ticket?.settle(outcome)
    this.#log()
  }

  #log(): void {
    if (this.#entry !== undefined) this.#parts.accessLog!.end(this.#entry, this.#client)
  }
}
