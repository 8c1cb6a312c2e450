import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Address } from '../../core/address.ts'
import type { ReplyCode } from '../../core/replies.ts'
import type { Claimant, RefusalReason } from '../balancing/claimant.ts'
import { type AccessEntry, clientGone, stopped } from '../access-log/entry.ts'
import type { Asked } from '../access-log/line.ts'
import type { Asker } from '../access-log/access-log.ts'
import { askedOfMessage } from '../access-log/asked.ts'
import { peerOf } from '../access-log/peer-of.ts'
import { detachedResponse } from '../detached-response.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import type { Admitted } from '../lane.ts'
import type { Listed } from '../../core/live-list.ts'
import { replyRaw } from '../reply.ts'
import { forwardedRequestHeaders } from '../request-headers.ts'
import { forwardedResponseHeaders } from '../response-head.ts'
import { triesAgain } from '../try-again.ts'
import type { Priority, RouteKind } from '../balancing/route-kind.ts'
import type { Failure } from '../retry-policy.ts'
import type { Ticket } from '../balancing/ticket.ts'
import type { LaneParts } from './lane-parts.ts'

/**
 * One upgraded connection (WebSocket): the handshake is a request with a ticket; once the loop has switched, bytes flow
 * both ways and the ticket is settled, so that long connections do not look like load. Not http-proxy's own
 * WebSocket pass: that one cannot try another loop, sends a refusal's body with the wrong framing, and leaves the
 * upstream socket open when the client goes during the handshake.
 */
export class Tunnel implements Claimant, Listed, Asker {
  readonly stickyKey: string | undefined
  readonly kind: RouteKind
  readonly priority: Priority
  readonly explains: boolean
  decision: Claimant['decision'] = undefined
  avoid: Endpoint | undefined = undefined
  waiter: Claimant['waiter'] = undefined
  place = -1
  readonly #parts: LaneParts
  readonly #admitted: Admitted
  readonly #client: Socket
  readonly #head: Buffer
  #ticket: Ticket | undefined
  #upstream: ClientRequest | undefined
  #attempts = 0
  #begun = 0
  /** The loop has answered, by switching or otherwise. */
  #responded = false
  /** For the access log, if there is one. */
  #entry: AccessEntry | undefined
  /** The client has had the whole answer, or the switch. */
  #answered = false

  constructor(parts: LaneParts, admitted: Admitted, client: Duplex, head: Buffer) {
    this.#parts = parts
    this.#admitted = admitted
    this.#client = client as Socket
    this.#head = head
    this.stickyKey = admitted.stickyKey
    this.kind = parts.isolation.kindOf('GET', admitted.req.url!)
    this.priority = admitted.priority ?? this.kind.priority
    this.explains = admitted.explains || parts.accessLog?.keepsDecisions === true
    this.#entry = parts.accessLog?.begin('http', admitted.forwarded.requestId, parts.clock.now(), peerOf(this.#client))
  }

  start(): void {
    this.#parts.tunnels.add(this)
    this.#client.on('error', () => this.#client.destroy())
    this.#client.on('close', () => this.#closed())
    // Half a connection is no use to a WebSocket: a client that ends before the switch has gone.
    this.#client.on('end', () => {
      if (!this.#responded) this.#client.destroy()
    })
    this.#parts.budget.request()
    this.#claim()
  }

  asked(): Asked {
    return askedOfMessage(this.#admitted.req, this.#admitted.forwarded)
  }

  granted(ticket: Ticket): void {
    const { req, forwarded } = this.#admitted
    this.#ticket = ticket
    this.#attempts++
    this.#entry?.granted(ticket, this.decision)
    this.#begun = this.#parts.clock.now()
    try {
      this.#ask(
        { ...forwardedRequestHeaders(req.headers, forwarded), connection: 'Upgrade', upgrade: 'websocket' },
        ticket.endpoint.address,
      )
    } catch {
      // Node refuses to send what it took for valid when it came: one client's request must not end the process.
      ticket.settle('cancelled')
      this.#fail('BAD_REQUEST')
    }
  }

  #ask(headers: http.OutgoingHttpHeaders, address: Address): void {
    const upstream = http.request({
      createConnection: (_, opened) => this.#parts.openHttp(address, opened),
      path: this.#admitted.req.url!,
      headers,
    })
    this.#upstream = upstream
    upstream.on('upgrade', (response, socket, head) => this.#switch(response, socket as Socket, head))
    upstream.on('response', (response) => this.#declined(response))
    upstream.on('error', (error) => this.#broke(upstream, error))
    upstream.end()
  }

  /** The balancer ends. */
  stop(): void {
    this.#entry?.cut(stopped)
    this.#closed()
  }

  refused(reason: RefusalReason): void {
    this.#fail(reason)
  }

  /** Gives up a connection that does not come about, and a handshake that the loop does not answer. */
  sweep(now: number): void {
    if (this.#ticket?.open !== true) return
    const { connect, response } = this.#parts.timeouts
    const elapsed = now - this.#begun
    const upstream = this.#upstream
    if (connect > 0 && elapsed > connect && upstream !== undefined && isConnecting(upstream)) {
      // Said here: a request that has no connection yet says nothing of its end until it gets one.
      this.#broke(upstream, Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT', syscall: 'connect' }))
      upstream.destroy()
      return
    }
    if (response === 0 || elapsed <= response) return
    this.#ticket.settle('failed')
    if (!this.#responded) return this.#fail('LOOP_TIMEOUT')
    this.#entry?.cut('LOOP_TIMEOUT')
    this.#client.destroy()
  }

  #switch(response: IncomingMessage, loop: Socket, head: Buffer): void {
    const client = this.#client
    const { endpoint } = this.#ticket!
    this.#responded = true
    this.#ticket!.answered(101, 'http')
    this.#answered = true
    this.#entry?.answered(101, Number.NaN)
    endpoint.tunnels++
    this.#ticket!.settle('answered')
    loop.on('close', () => {
      endpoint.tunnels--
      client.destroySoon()
    })
    loop.on('error', () => loop.destroy())
    client.on('close', () => loop.destroy())
    client.write(this.#switchingHead(response), 'latin1')
    if (head.length > 0) client.write(head)
    if (this.#head.length > 0) loop.write(this.#head)
    endAfterSilence(client, loop, this.#parts.timeouts.tunnel)
    client.setNoDelay(true)
    loop.pipe(client)
    client.pipe(loop)
  }

  /** The loop answers without switching: its answer is passed on, and the connection ends with it. */
  #declined(response: IncomingMessage): void {
    const ticket = this.#ticket!
    const { req } = this.#admitted
    this.#responded = true
    ticket.answered(response.statusCode!, 'http')
    this.#entry?.answered(response.statusCode!, Number.NaN)
    const res = detachedResponse(req, this.#client)
    try {
      res.writeHead(response.statusCode!, response.statusMessage, this.#fieldsFor(response) as never)
    } catch {
      // A head that Node reads but will not write, such as the status 099.
      ticket.settle('failed')
      this.#entry?.cut('LOOP_FAILED')
      this.#client.destroy()
      return
    }
    response.on('close', () => {
      ticket.settle(response.complete ? 'answered' : 'failed')
      if (response.complete) return
      this.#entry?.cut('LOOP_FAILED')
      this.#client.destroy()
    })
    res.on('finish', () => (this.#answered = true))
    response.pipe(res)
  }

  #broke(upstream: ClientRequest, error: NodeJS.ErrnoException): void {
    const ticket = this.#ticket!
    // Once it has answered, the end of its response tells.
    if (upstream !== this.#upstream || !ticket.open || this.#responded) return
    if (this.#parts.unreachable(ticket.endpoint, error)) this.#attempts--
    ticket.settle('failed')
    const reached = error.syscall === 'connect' ? 'no' : 'maybe'
    const failure: Failure = {
      reached,
      method: 'GET',
      speaksTaken: false,
      responded: false,
      bodyReplayable: true,
      attempt: this.#attempts,
      attempts: this.#parts.retry.attempts,
      clientGone: this.#client.destroyed,
    }
    if (!triesAgain(failure, ticket.endpoint, () => this.#admitted.req.url!, this.#parts.budget)) return this.#fail('LOOP_FAILED')
    this.#parts.gauge.retried(reached)
    this.avoid = ticket.endpoint
    this.#claim()
  }

  #claim(): void {
    this.#parts.balancer.claim(this)
    if (this.waiter !== undefined) this.#entry?.waits(this.waiter.since)
  }

  #fail(code: ReplyCode): void {
    this.#parts.gauge.failed(code)
    this.#entry?.failed(code, false)
    this.#upstream?.destroy()
    replyRaw(this.#client, code, this.#admitted.forwarded.requestId)
  }

  #fieldsFor(response: IncomingMessage): string[] {
    const { req, setCookie, explains } = this.#admitted
    return forwardedResponseHeaders(response, req, setCookie, explains ? this.decision : undefined)
  }

  #switchingHead(response: IncomingMessage): string {
    const fields = this.#fieldsFor(response)
    let head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`
    return `${head}\r\n`
  }

  #closed(): void {
    this.#parts.tunnels.remove(this)
    this.#parts.balancer.withdraw(this)
    this.#ticket?.settle('cancelled')
    this.#upstream?.destroy()
    const entry = this.#entry
    if (entry === undefined) return
    this.#entry = undefined
    if (!this.#answered) entry.cut(clientGone)
    this.#parts.accessLog!.end(entry, this)
  }
}

// Undefined or null while the loop has not let the connection in.
const isConnecting = (upstream: ClientRequest): boolean => upstream.socket?.connecting ?? true

/** @param silenceMs 0 sets no end */
function endAfterSilence(client: Socket, loop: Socket, silenceMs: number): void {
  client.setTimeout(silenceMs)
  client.on('timeout', () => {
    // Both directions reset the client's timer: what is written to it counts as well as what it sends.
    client.destroy()
    loop.destroy()
  })
}
