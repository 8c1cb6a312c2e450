import type { Socket } from 'node:net'

import type { Listed } from '../../core/live-list.ts'
import type { ReplyCode } from '../../core/replies.ts'
import { maxTextBytes, methods } from '../../link/request-head.ts'
import { encodeTrailers } from '../../link/trailers.ts'
import type { Asked } from '../access-log/line.ts'
import type { Asker } from '../access-log/access-log.ts'
import type { Reader } from '../acceptor.ts'
import { askedOfBytes } from '../access-log/asked.ts'
import { ChunkedBody, type DataSink } from '../chunked-body.ts'
import { type HeadScanner, scan } from '../head-scanner.ts'
import { replyBytes } from '../reply.ts'
import { askedOfHead } from './asked-of-head.ts'
import { ClientOutput } from './client-output.ts'
import { LinkExchange } from './exchange.ts'
import { ordinary } from '../balancing/route-kind.ts'
import type { LinkLane } from './link-lane.ts'
import type { Order } from './order.ts'
import { ownWords } from './own-words.ts'
import { addedBytes, type EncodedHead, methodIdOf, ownHead, writeRequestHead } from './request-writer.ts'

const nothing = Buffer.alloc(0)

/**
 * One client's connection on the link lane: finds requests in its bytes and carries their bodies to the exchange, one request
 * after the other. It reads nothing that it has no use for: a client that sends faster than it is answered, or than the loop
 * takes its body, waits.
 */
export class Client extends ClientOutput implements Reader, Listed, DataSink, Asker {
  place = -1
  readonly address: string
  readonly port: number
  /** Its address is one whose word is believed. */
  readonly trusted: boolean
  /** The request under way, for the loop; the buffer is used again for the next. */
  readonly head: EncodedHead = { bytes: nothing, length: 0, fields: 0, ownLength: 0 }
  #exchange: LinkExchange | undefined = undefined
  /** Of its own while a head comes in pieces; the lane's otherwise. */
  #scanner: HeadScanner | undefined = undefined
  #headBytes = 0
  /** Bytes of the body that are still to come; -1 for a chunked one. */
  #bodyLeft = 0
  #bodyBytes = 0
  #chunks: ChunkedBody | undefined = undefined
  /** What was read and cannot be used yet. Reading pauses while there is any. */
  #held: Buffer | undefined = undefined
  /** Nothing is held, and all the same nothing is read: the loop takes too little of the body. */
  #waiting = false
  #consuming = false
  /** When the first byte of a head came, or the connection became idle. */
  #since: number
  /** The client has closed its side. */
  #ended = false
  #handedOver = false
  /** The head of a request that the http lane is to serve, until the bytes behind it are at hand. */
  #toHttp: Buffer | undefined = undefined

  constructor(lane: LinkLane, socket: Socket, address: string, trusted: boolean) {
    super(lane, socket)
    this.address = address
    this.port = socket.remotePort ?? 0
    this.trusted = trusted
    this.#since = lane.parts.clock.now()
    socket.on('end', () => this.#clientEnded())
    socket.on('close', () => this.#closed())
    // The close says enough.
    socket.on('error', () => {})
  }

  /** Whether it waits for the client's next request, of which nothing has come. */
  get idle(): boolean {
    return this.#exchange === undefined && this.#headBytes === 0 && this.#held === undefined && !this.isOver
  }

  read(count: number, bytes: Buffer): boolean {
    if (this.#handedOver) return this.socket.push(Buffer.from(bytes.subarray(0, count)))
    // More of what waits already: reading was paused, but a read may have been under way.
    if (this.#held !== undefined) {
      this.#held = Buffer.concat([this.#held, bytes.subarray(0, count)])
      return false
    }
    const at = this.#consume(bytes, 0, count)
    if (this.#handedOver) return true
    if (at === count) return !this.#waits()
    this.#held = Buffer.from(bytes.subarray(at, count))
    return false
  }

  /** There is room for more of the body. */
  bodyWanted(): void {
    if (this.#consuming) return
    if (this.#held !== undefined) return this.#useHeld()
    if (this.#waiting && !this.#waits()) this.#readOn()
  }

  /** The exchange is over; its response has been given to `send`. */
  responded(closes: boolean): void {
    this.#exchange = undefined
    // Not for a drain alone: where the response did not say so the next request may be on its way, and the idle are closed later.
    if (closes) return this.endConnection(nothing)
    this.#since = this.lane.parts.clock.now()
    if (this.#consuming) return
    if (this.#held !== undefined) this.#useHeld()
    else if (this.#ended) this.endConnection(nothing)
  }

  /**
   * Answers in the balancer's own name.
   * @param retryAfter in how many seconds the client may come again, where the code says so
   */
  answerItself(code: ReplyCode, order: Pick<Order, 'method' | 'requestId' | 'last'>, bodyRead: boolean, retryAfter?: number): void {
    this.#exchange = undefined
    const { draining, timeouts } = this.lane.parts
    const close = order.last || !bodyRead || draining()
    const bytes = Buffer.from(ownWords(code, order.requestId, order.method, close, timeouts.keepAlive, retryAfter), 'latin1')
    if (close) return this.endConnection(bytes)
    this.write(bytes)
    this.responded(false)
  }

  /** Ends a response in the middle so that the client sees that it is not whole. */
  cut(endsWithConnection: boolean): void {
    this.#exchange = undefined
    this.cutConnection(endsWithConnection)
  }

  /** What the request asked that is under way, or was last. */
  asked(): Asked {
    return askedOfHead(this.head)
  }

  /** The loop that was chosen has no link, and nothing of the request has been sent anywhere: the http lane reaches it. */
  goHttp(): void {
    this.#exchange = undefined
    this.#bodyLeft = 0
    this.#toHttp = ownHead(this.head)
    if (this.#consuming) return
    const held = this.#held ?? nothing
    this.#held = undefined
    this.#handOver(held, 0, held.length)
  }

  /** Acts on what has stood still for too long. */
  sweep(now: number): void {
    if (this.#exchange !== undefined) return
    const { timeouts } = this.lane.parts
    const waited = now - this.#since
    if (this.stalled) {
      if (timeouts.idle > 0 && waited > timeouts.idle) this.#giveUp()
    } else if (this.isOver) return
    else if (this.#headBytes > 0) {
      if (timeouts.headers > 0 && waited > timeouts.headers) this.#refuse('REQUEST_TIMEOUT', this.#scanner!.held, 0, this.#headBytes)
    } else if (timeouts.keepAlive > 0 && waited > timeouts.keepAlive) this.endConnection(nothing)
  }

  /** Ends it where it is idle. */
  closeIdle(): void {
    if (this.idle) this.endConnection(nothing)
  }

  /** A piece of a chunked body. */
  data(bytes: Buffer, start: number, end: number): void {
    this.#bodyBytes += end - start
    this.#exchange!.send(bytes, start, end, false)
  }

  /** Uses what it can of the bytes; returns the index of the first that it cannot use yet. */
  #consume(bytes: Buffer, start: number, end: number): number {
    this.#consuming = true
    let at = start
    while (at < end) {
      if (this.isOver) at = end
      else if (this.#toHttp !== undefined) at = this.#handOver(bytes, at, end)
      else if (this.#bodyLeft !== 0) {
        const before = at
        at = this.#readBody(bytes, at, end)
        if (at === before) break
      } else if (this.#exchange === undefined && !this.stalled) at = this.#readHead(bytes, at, end)
      // A request behind the one that is being answered: answers go out in order, and one that the client does not take is not
      // followed by others, which would pile up behind it.
      else break
    }
    this.#consuming = false
    if (this.#toHttp !== undefined) this.#handOver(nothing, 0, 0)
    return at
  }

  #useHeld(): void {
    const held = this.#held!
    this.#held = undefined
    const at = this.#consume(held, 0, held.length)
    if (this.#handedOver) return
    if (at < held.length) this.#held = held.subarray(at)
    else if (this.#ended) this.#clientEnded()
    else if (!this.#waits()) this.#readOn()
  }

  #waits(): boolean {
    const body = this.#exchange?.body
    this.#waiting = this.#bodyLeft !== 0 && body !== undefined && body.shouldWait
    // Not held against the client.
    if (this.#waiting) body!.awaited = false
    return this.#waiting
  }

  #readOn(): void {
    const body = this.#exchange?.body
    if (body !== undefined && !body.awaited) {
      body.awaited = true
      body.lastByteAt = this.lane.parts.clock.now()
    }
    this.socket.resume()
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const lane = this.lane
    if (lane.prefersHttp()) return this.#handOver(bytes, at, end)
    const scanner = this.#scanner ?? lane.scanner
    if (this.#headBytes === 0) {
      scanner.reset()
      this.#since = lane.parts.clock.now()
    }
    switch (scanner.scan(bytes, at, end)) {
      case scan.complete: {
        const split = this.#headBytes
        const next = at + scanner.length - split
        this.#scanner = undefined
        this.#headBytes = 0
        if (split === 0) this.#request(scanner, bytes, at)
        else this.#request(scanner, scanner.held, 0)
        // What the http lane serves it counts itself.
        if (this.#toHttp === undefined) lane.parts.gauge.arrived()
        return next
      }
      case scan.more:
        // The head is taken along in the scanner; the lane gets another one.
        this.#scanner ??= lane.takeScanner()
        this.#headBytes += end - at
        return end
      case scan.handOver:
        return this.#handOver(bytes, at, end)
      default:
        lane.parts.gauge.arrived()
        if (this.#headBytes > 0) this.#refuse(scanner.refusal, scanner.held, 0, this.#headBytes)
        else this.#refuse(scanner.refusal, bytes, at, end)
        return end
    }
  }

  #request(scanner: HeadScanner, bytes: Buffer, at: number): void {
    const lane = this.lane
    const { parts } = lane
    const { contentLength } = scanner
    if (parts.limits.bodyBytes > 0 && contentLength > parts.limits.bodyBytes) {
      return this.#refuse('BODY_TOO_LARGE', bytes, at, at + scanner.length)
    }
    const requestId = lane.introduce(this, scanner, bytes, at)
    const { said, stickyKey, setCookie, explains } = lane
    if (scanner.length + addedBytes(this, requestId, said) > maxTextBytes) {
      this.#toHttp = Buffer.from(bytes.subarray(at, at + scanner.length))
      return
    }
    writeRequestHead(this.head, scanner, bytes, at, this, requestId, said)
    const method = methods[methodIdOf(bytes, at, scanner.methodEnd)]!
    const retryAfter = lane.limit(this, scanner, bytes, at)
    if (retryAfter > 0) return this.#refuseLimited(scanner, method, requestId, retryAfter)
    const { isolation } = parts
    const kind = isolation.knowsKinds
      ? isolation.kindOf(method, bytes.toString('latin1', at + scanner.targetStart, at + scanner.targetEnd))
      : ordinary
    this.#bodyBytes = 0
    this.#bodyLeft = scanner.chunked ? -1 : Math.max(0, contentLength)
    this.#chunks = scanner.chunked ? new ChunkedBody() : undefined
    const exchange = new LinkExchange(
      parts,
      this,
      {
        method,
        requestId,
        stickyKey,
        setCookie,
        kind,
        priority: lane.priority ?? kind.priority,
        explains,
        hasBody: this.#bodyLeft !== 0,
        expectsContinue: scanner.expectsContinue,
        last: scanner.closes,
      },
      this.#since,
    )
    this.#exchange = exchange
    exchange.start()
  }

  /** The client has come too often. Its connection goes on, unless a body that nobody wants stands in the way. */
  #refuseLimited({ chunked, contentLength, closes }: HeadScanner, method: string, requestId: string, retryAfter: number): void {
    const { gauge, accessLog } = this.lane.parts
    gauge.failed('RATE_LIMITED')
    accessLog?.refused('link', 'RATE_LIMITED', requestId, this, this.asked())
    this.answerItself('RATE_LIMITED', { method, requestId, last: closes }, !chunked && contentLength <= 0, retryAfter)
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const exchange = this.#exchange!
    const body = exchange.body!
    const { room } = body
    // Not held against the client that nobody takes its body.
    body.awaited = room > 0
    if (room <= 0) return at
    const stop = Math.min(end, at + room)
    if (this.#chunks !== undefined) return this.#readChunks(this.#chunks, bytes, at, stop)
    const to = Math.min(stop, at + this.#bodyLeft)
    this.#bodyLeft -= to - at
    exchange.send(bytes, at, to, this.#bodyLeft === 0)
    return to
  }

  #readChunks(chunks: ChunkedBody, bytes: Buffer, at: number, end: number): number {
    const next = chunks.read(bytes, at, end, this)
    const exchange = this.#exchange!
    const { bodyBytes } = this.lane.parts.limits
    if (chunks.broken) exchange.fail('BAD_REQUEST', 'cancelled')
    else if (bodyBytes > 0 && this.#bodyBytes > bodyBytes) exchange.fail('BODY_TOO_LARGE', 'cancelled')
    else if (chunks.done) {
      this.#bodyLeft = 0
      this.#chunks = undefined
      exchange.sendEnd(bytes, chunks.trailers.length === 0 ? undefined : encodeTrailers(chunks.trailers))
    }
    return next
  }

  #handOver(bytes: Buffer, at: number, end: number): number {
    // Copied: Node's server reads it when this call is long over.
    const rest = Buffer.from(bytes.subarray(at, end))
    const begin = this.#toHttp ?? this.#scanner?.held.subarray(0, this.#headBytes)
    const all = begin === undefined ? rest : Buffer.concat([begin, rest])
    this.#handedOver = true
    this.#toHttp = this.#scanner = undefined
    this.lane.handOver(this, all)
    return end
  }

  /** Refuses what begins with bytes [start, end). */
  #refuse(code: ReplyCode, bytes: Buffer, start: number, end: number): void {
    const { gauge, accessLog } = this.lane.parts
    const requestId = this.lane.newRequestId()
    gauge.failed(code)
    accessLog?.refused('link', code, requestId, this, askedOfBytes(bytes, start, end))
    this.endConnection(Buffer.from(replyBytes(code, requestId), 'latin1'))
  }

  protected override endConnection(last: Buffer): void {
    this.#held = undefined
    super.endConnection(last)
  }

  protected override heldUp(): void {
    this.#exchange?.stalled(true)
  }

  protected override flowing(): void {
    if (this.#exchange !== undefined) return this.#exchange.stalled(false)
    if (this.#handedOver) return
    this.#since = this.lane.parts.clock.now()
    if (this.#held !== undefined) this.#useHeld()
  }

  /** The client does not take what is left of its last response. */
  #giveUp(): void {
    this.lane.parts.gauge.failed('REQUEST_TIMEOUT')
    this.socket.destroy()
  }

  #clientEnded(): void {
    if (this.#handedOver) return
    this.#ended = true
    if (this.isOver || this.#held !== undefined) return
    // The end in the middle of a request: nothing can be made of it.
    if (this.#headBytes > 0) this.#refuse('BAD_REQUEST', this.#scanner!.held, 0, this.#headBytes)
    else if (this.#bodyLeft !== 0 && this.#exchange !== undefined) this.#exchange.fail('BAD_REQUEST', 'cancelled')
    // What is under way is still answered: a client may close its side and wait (docs/decisions/0004).
    else if (this.#exchange === undefined) this.endConnection(nothing)
  }

  #closed(): void {
    if (this.#handedOver) return
    this.lane.left(this)
    this.#exchange?.abandon()
    this.#exchange = undefined
  }
}
