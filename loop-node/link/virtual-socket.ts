import type { AsyncResource } from 'node:async_hooks'
import type { ServerResponse, Server } from 'node:http'

import { frameType, initialWindow, resetReason } from '../../link/frame.ts'
import type { Outbox } from '../../link/outbox.ts'
import type { RequestHead } from '../../link/request-head.ts'
import type { Work } from '../measure/occupancy.ts'
import type { Route } from '../measure/route-table.ts'
import { callApp } from './call-app.ts'
import type { EarlyBody } from './early-body.ts'
import { IdleTimer } from './idle-timer.ts'
import type { Incoming, Outgoing } from './node-internals.ts'
import { needDrain } from './node-internals.ts'
import { SocketSurface } from './socket-surface.ts'
import { type Chunk, type Done, ResponseWriter } from './response-writer.ts'

/** What a virtual socket is one stream of. */
export interface Link {
  readonly outbox: Outbox
  readonly server: Server
  /** One end has said its last word, or the socket is destroyed. */
  settle(socket: VirtualSocket): void
  /** The app has begun to respond. */
  responds(socket: VirtualSocket): void
  /** The app will have nothing more of this request: its client has gone, or it has destroyed the socket. */
  abandoned(socket: VirtualSocket): void
}

const options = { decodeStrings: false, autoDestroy: false } as const

/**
 * The client's connection as the app sees it, for one request: a Duplex with the surface of net.Socket. What is written
 * to it are the bytes of the response, as they go to the client; the request's body does not pass through it. Listeners
 * of the server's `connection` are not told of it: they count connections, and those of the client are the balancer's.
 */
export class VirtualSocket extends SocketSurface implements Work {
  /** Number of the stream. */
  readonly id: number
  readonly remoteAddress: string
  readonly remotePort: number
  /** True where the client speaks TLS, as on a tls.TLSSocket. */
  readonly encrypted: true | undefined
  readonly server: Server
  /** node:http keeps its parser here; apps ask whether there is one. */
  readonly parser: null = null
  /** The response that may write here, as node:http marks it. */
  _httpMessage: ServerResponse | null = null
  bytesRead = 0
  timeout: number | undefined = undefined

  head: RequestHead | undefined
  readonly flags: number
  req: Incoming | undefined = undefined
  res: Outgoing | undefined = undefined
  early: EarlyBody | undefined = undefined
  /** The asynchronous context of this request, as that of a connection's parser: what one app sets must not reach the next. */
  scope: AsyncResource | undefined = undefined
  /** The balancer has said its last word on this stream. */
  requestOver: boolean
  /** And this end has said its own. */
  responseOver = false
  /** The response was written to its end. */
  finished = false
  /** What the balancer may send of the body before it is given more credit. */
  window: number = initialWindow
  /** Bytes for which credit is owed. */
  owed = 0
  /** The app has it: it counts as in flight. */
  counted = false
  route: Route | undefined = undefined
  heldMs = 0

  readonly #link: Link
  readonly #writer: ResponseWriter
  #tellsDrain = false
  #idle: IdleTimer | undefined = undefined

  constructor(link: Link, id: number, head: RequestHead, flags: number, over: boolean, encrypted: boolean) {
    super(options)
    this.id = id
    this.remoteAddress = head.remoteAddress
    this.remotePort = head.remotePort
    this.encrypted = encrypted ? true : undefined
    this.server = link.server
    this.head = head
    this.flags = flags
    this.requestOver = over
    this.#link = link
    this.#writer = new ResponseWriter(link.outbox, id, this)
  }

  get bytesWritten(): number {
    return this.#writer.bytesWritten
  }

  get remoteFamily(): string {
    return this.remoteAddress.includes(':') ? 'IPv6' : 'IPv4'
  }

  setTimeout(ms: number, listener?: () => void): this {
    this.timeout = ms
    this.#idle ??= new IdleTimer(this)
    this.#idle.set(ms)
    if (listener !== undefined) {
      if (ms === 0) this.off('timeout', listener)
      else this.once('timeout', listener)
    }
    return this
  }

  /** What IncomingMessage calls when the app wants more of the body. */
  override resume(): this {
    this.giveCredit()
    return this
  }

  override pause(): this {
    return this
  }

  /** Lets the balancer send as much as has been read, once it is worth a frame. */
  giveCredit(): void {
    if (this.owed < initialWindow / 2 || this.requestOver || this.destroyed) return
    this.#link.outbox.number(frameType.window, 0, 0, this.id, this.owed)
    this.window += this.owed
    this.owed = 0
  }

  /** Bytes that the balancer takes, in addition. */
  addCredit(bytes: number): void {
    this.#idle?.refresh()
    this.#writer.addCredit(bytes)
  }

  noteRead(bytes: number): void {
    this.bytesRead += bytes
    this.window -= bytes
    this.#idle?.refresh()
  }

  /** The response was written to its end. */
  endResponse(close: boolean): void {
    this.#idle?.clear()
    // The balancer may have given the stream up while the last bytes waited to be sent.
    if (!this.responseOver) this.#sayEnd(close)
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: Done): void {
    if (this.#mayWrite(done)) this.#writer.write(chunk, encoding, done)
  }

  override _writev(chunks: readonly Chunk[], done: Done): void {
    if (this.#mayWrite(done)) this.#writer.writeAll(chunks, done)
  }

  override _final(done: Done): void {
    // Only an app that has taken the socket for itself ends it; so it ends the client's connection.
    if (!this.responseOver) this.#sayEnd(true)
    done()
    process.nextTick(destroy, this)
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#idle?.clear()
    if (!this.responseOver) {
      this.responseOver = true
      this.#link.outbox.frame(frameType.reset, 0, resetReason.destroyed, this.id)
    }
    // In the order of node:http: request and response learn of it before listeners of the socket do.
    if (!this.finished) process.nextTick(abandon, this.#link, this)
    this.#link.settle(this)
    // Nobody need listen: node:http itself always does.
    done(this.listenerCount('error') > 0 ? error : null)
    this.#writer.drop(error)
  }

  /** Asked by the writer when the head is written. */
  responseCloses(): boolean {
    const { res } = this
    this.#link.responds(this)
    // What an app writes past its response may be framed in any way.
    return res === undefined || !res.headersSent || res._last
  }

  tell(done: Done): void {
    callApp(callDone, this, done)
  }

  #mayWrite(done: Done): boolean {
    // Node has one such listener for each connection; most responses never need it.
    if (!this.#tellsDrain && this.writableNeedDrain) {
      this.#tellsDrain = true
      this.on('drain', tellDrain)
    }
    this.#idle?.refresh()
    if (!this.responseOver) return true
    // The client has been told that nothing more comes.
    done()
    return false
  }

  #sayEnd(close: boolean): void {
    this.responseOver = true
    this.#writer.end(close)
    this.#link.settle(this)
  }
}

function tellDrain(this: VirtualSocket): void {
  const res = this._httpMessage as (ServerResponse & Record<symbol, boolean>) | null
  if (res === null || res.writableEnded || !res[needDrain]) return
  res[needDrain] = false
  res.emit('drain')
}

const abandon = (link: Link, socket: VirtualSocket): void => link.abandoned(socket)
const destroy = (socket: VirtualSocket): void => void socket.destroy()
const callDone = (_socket: VirtualSocket, done: Done): void => done()
