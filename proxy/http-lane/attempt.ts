import type { ClientRequest, IncomingMessage, InformationEvent } from 'node:http'

import type { Failure } from '../retry-policy.ts'
import type { Ticket } from '../balancing/ticket.ts'
import type { RequestBody } from './request-body.ts'
import type { Carrier } from './web-proxy.ts'

// As much as a loop takes of a request.
const maxResponseHeadBytes = 1024 * 1024

/** Who is told how an attempt goes: the exchange. */
export interface AttemptOwner {
  /** A 1xx response that is for the client. */
  informed(event: InformationEvent): void
  /** The loop asks for the body that the client holds back. */
  continued(): void
  /** The head of the response. */
  responded(response: IncomingMessage): void
  /** The attempt has failed before a head came. */
  broke(reached: Failure['reached'], error: Error): void
}

/** What an attempt is to send. */
export interface AttemptOrder {
  readonly method: string
  readonly path: string
  /** Undefined where the request announces none. */
  readonly body: RequestBody | undefined
  /** The client holds its body back until it hears 100. */
  readonly expectsContinue: boolean
  /** The loop was asked to say when it has begun the request. */
  readonly asksTaken: boolean
}

/**
 * One try of one request on one endpoint, up to the head of its response. It speaks to its owner only while it is the
 * current one: the errors of an attempt that was given up come late and mean nothing.
 */
export class Attempt implements Carrier {
  readonly ticket: Ticket
  readonly startedAt: number
  readonly order: AttemptOrder
  #owner: AttemptOwner | undefined
  #upstream: ClientRequest | undefined
  #taken = false
  #responded = false

  constructor(ticket: Ticket, startedAt: number, order: AttemptOrder, owner: AttemptOwner) {
    this.ticket = ticket
    this.startedAt = startedAt
    this.order = order
    this.#owner = owner
  }

  get connecting(): boolean {
    const socket = this.#upstream?.socket
    return socket === undefined || socket === null || socket.connecting
  }

  /** Called by http-proxy in place of piping the client's request: fills the upstream request. */
  pipe(upstream: ClientRequest): void {
    const { order } = this
    this.#upstream = upstream
    // http-proxy joins paths and folds `//`; what the client asked for must arrive as it was.
    upstream.path = order.path
    // Read when the connection is given to it. Node's 16 KiB would turn an answer with large headers into a 502.
    Object.assign(upstream, { maxHeaderSize: maxResponseHeadBytes, maxHeadersCount: 0 })
    upstream.on('response', (response) => {
      this.#owner?.responded(response)
      this.#responded = true
    })
    upstream.on('information', (event) => this.#informed(event))
    // Nobody asked it to: Node would drop the connection without a word.
    upstream.on('upgrade', (_response, socket) => {
      socket.destroy()
      this.failed(new Error('the loop switched protocols unasked'))
    })
    if (order.body === undefined) {
      upstream.end()
      return
    }
    if (order.expectsContinue) {
      upstream.on('continue', () => this.#owner?.continued())
      upstream.setHeader('expect', '100-continue')
      upstream.flushHeaders()
    }
    order.body.attach(upstream)
  }

  failed(error: NodeJS.ErrnoException): void {
    const owner = this.#owner
    // Behind the head it is the response that tells how things end: the rest of the request may fail to be sent although
    // the answer is whole, and bytes behind a whole answer are an error too.
    if (owner === undefined || this.#responded) return
    // A connection that never came about carried nothing; any other may have.
    const reached = error.syscall === 'connect' ? 'no' : this.#taken ? 'taken' : 'maybe'
    this.end()
    owner.broke(reached, error)
  }

  /** The response has come in full. Keeps the connection, unless part of the request is still to be sent. */
  complete(): void {
    this.#owner = undefined
    if (this.order.body !== undefined && !this.order.body.complete) this.end()
  }

  /** Gives the attempt up: nothing more is sent, and the loop sees its client go. */
  end(): void {
    this.#owner = undefined
    this.order.body?.detach()
    this.#upstream?.destroy()
  }

  #informed(event: InformationEvent): void {
    if (event.statusCode === 102 && this.order.asksTaken && !this.#taken) {
      this.#taken = true
      this.order.body?.release()
      return
    }
    if (event.statusCode !== 100) this.#owner?.informed(event)
  }
}
