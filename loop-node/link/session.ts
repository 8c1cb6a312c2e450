import type { Socket } from 'node:net'

import type { Clock } from '../../core/sources.ts'
import type { Beat } from '../../link/beat.ts'
import { dataFlag, frameType, loopState, ProtocolError, requestFlag, resetReason } from '../../link/frame.ts'
import { FrameReader, type FrameSink } from '../../link/frame-reader.ts'
import { Outbox } from '../../link/outbox.ts'
import { decodeRequestHead } from '../../link/request-head.ts'
import { decodeTrailers } from '../../link/trailers.ts'
import { Arrivals } from './arrivals.ts'
import { Beats } from './beats.ts'
import { callApp } from './call-app.ts'
import type { ChangedRoutes } from '../measure/changed-routes.ts'
import { abandonRequest, endBody, type LinkHost, receiveBody } from './request.ts'
import { type Link, VirtualSocket } from './virtual-socket.ts'

export interface SessionOptions {
  readonly host: LinkHost
  /** What every beat says of the loop. */
  readonly vitals: Beat
  /** What it has not been told yet of the app's routes. */
  readonly routes: ChangedRoutes
  /** Whether another balancer keeps the loop for blocking routes. */
  readonly claimedByOthers: () => boolean
  /** This balancer has begun to, or does so no more. */
  readonly onClaim: () => void
  readonly clock: Clock
  /** How long the balancer keeps idle connections of clients; responses name it. */
  readonly keepAliveMs: number
  /** The balancer said something that is no frame. */
  readonly onCorrupt: (error: ProtocolError) => void
}

// The balancer numbers streams from 1 and uses numbers again: so many are never open at once.
const maxStream = 1 << 20

/**
 * The loop's end of one link: requests of one balancer, side by side. All frames of one read are taken in before the
 * first app handler runs, so that the balancer knows which of them have been taken even if that handler never returns.
 */
export class LinkSession implements FrameSink, Link {
  readonly outbox: Outbox
  readonly server: LinkHost['server']
  readonly socket: Socket
  readonly #host: LinkHost
  readonly #options: SessionOptions
  readonly #reader = new FrameReader(this)
  readonly #beats: Beats
  // By number. Numbers are small and used again: a Map would leave a trail of old tables.
  readonly #streams: (VirtualSocket | undefined)[] = []
  #open = 0
  readonly #arrivals: Arrivals
  #claims = false
  #closing = false
  #closed = false

  /** Takes over the socket, which has been accepted; bytes behind the handshake go to `receive`. */
  constructor(socket: Socket, options: SessionOptions) {
    this.socket = socket
    this.#host = options.host
    this.#options = options
    this.server = options.host.server
    this.outbox = new Outbox(socket)
    this.#arrivals = new Arrivals(options.host, this.outbox, options.keepAliveMs)
    this.#beats = new Beats(this.outbox, options, () => this.#open > 0)
    socket.setNoDelay(true)
    // A balancer that says nothing more reads nothing either: each of its requests needs both ways.
    socket.on('end', () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#lost())
  }

  /** Streams on which somebody has not said the last word. */
  get open(): number {
    return this.#open
  }

  /** Its balancer keeps the loop for blocking routes. */
  get claims(): boolean {
    return this.#claims
  }

  /** Takes what was read of the link: `bytes[0, count)`, valid during the call. */
  receive(bytes: Buffer, count: number): void {
    if (this.#closed) return
    try {
      this.#reader.read(bytes, 0, count)
    } catch (error) {
      return this.#corrupt(error as ProtocolError)
    }
    this.#arrivals.take()
  }

  /** Tells the balancer, which sends nothing new to a loop that drains. */
  say(state: keyof typeof loopState): void {
    this.outbox.frame(frameType.state, 0, loopState[state], 0)
  }

  /** Tells the balancer what the others know already. */
  greet(): void {
    this.#beats.greet()
  }

  /** What other balancers claim may have changed. */
  sayClaims(): void {
    if (!this.#closed) this.#beats.sayClaims()
  }

  /** Ends the link once it holds no stream. */
  close(): void {
    this.#closing = true
    if (this.#open > 0 || this.#closed) return
    // What comes from now on has not been taken, and the balancer knows: it is given to another loop.
    this.#closed = true
    this.outbox.flush()
    if (this.outbox.sent) this.socket.end()
    else this.outbox.whenSent(() => this.socket.end())
  }

  frame(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void {
    if (type === frameType.request) this.#request(flags, aux, stream, bytes, start, end)
    else if (type === frameType.window) this.#window(stream, bytes, start, end)
    else if (type === frameType.reset) this.#reset(stream)
    else if (type === frameType.trailers) this.#end(this.#body(stream), decodeTrailers(bytes, start, end))
    else if (type === frameType.claim) this.#claim(aux)
    else throw new ProtocolError(`a frame of type ${type} from a balancer`)
  }

  data(stream: number, flags: number, _aux: number, bytes: Buffer, start: number, end: number): void {
    const socket = this.#body(stream)
    const length = end - start
    const last = (flags & dataFlag.end) !== 0
    // Before the app reads it: nobody needs credit for a body that is over.
    if (last) socket.requestOver = true
    socket.noteRead(length)
    if (socket.window < 0) throw new ProtocolError(`stream ${stream} brings more than it was given credit for`)
    if (length > 0 && !socket.destroyed) {
      // Copied: the memory is read into again.
      callApp(receiveBody, socket, Buffer.from(bytes.subarray(start, end)))
    }
    if (last) this.#end(socket, undefined)
  }

  settle(socket: VirtualSocket): void {
    if (socket.finished || socket.destroyed) this.#release(socket)
    if (!socket.requestOver || !socket.responseOver || this.#streams[socket.id] !== socket) return
    this.#streams[socket.id] = undefined
    this.#open--
    if (this.#closing) this.close()
    // Listeners of the client's connection learn that it is over; without any, an event would be spent on nobody.
    if (socket.finished && socket.listenerCount('close') > 0) socket.destroy()
  }

  responds(socket: VirtualSocket): void {
    this.#host.responds(socket)
  }

  abandoned(socket: VirtualSocket): void {
    socket.scope?.runInAsyncScope(abandonRequest, undefined, socket)
  }

  #release(socket: VirtualSocket): void {
    if (!socket.counted) return
    socket.counted = false
    this.#host.end(socket, socket.req!)
  }

  #request(flags: number, count: number, stream: number, bytes: Buffer, start: number, end: number): void {
    if (stream > maxStream || this.#streams[stream] !== undefined) throw new ProtocolError(`a request on stream ${stream}, which is in use`)
    const head = decodeRequestHead(bytes, start, end, count)
    const over = (flags & requestFlag.end) !== 0
    const socket = new VirtualSocket(this, stream, head, flags, over, (flags & requestFlag.encrypted) !== 0)
    this.#streams[stream] = socket
    this.#open++
    this.#arrivals.add(socket)
    this.#beats.wake()
  }

  #window(stream: number, bytes: Buffer, start: number, end: number): void {
    if (end - start < 4) throw new ProtocolError(`a window of ${end - start} bytes`)
    const socket = this.#streams[stream]
    // It may have crossed the end of the response.
    if (socket !== undefined) callApp(addCredit, socket, bytes.readUInt32LE(start))
  }

  #reset(stream: number): void {
    const socket = this.#streams[stream]
    // It may have crossed our last word.
    if (socket === undefined) return
    socket.requestOver = true
    if (!socket.responseOver) {
      socket.responseOver = true
      this.outbox.frame(frameType.reset, 0, resetReason.cancelled, stream)
    }
    if (socket.destroyed) this.settle(socket)
    else socket.destroy()
  }

  #claim(aux: number): void {
    if (aux > 1) throw new ProtocolError(`a claim of ${aux}`)
    const claims = aux === 1
    if (claims === this.#claims) return
    this.#claims = claims
    this.#options.onClaim()
  }

  #body(stream: number): VirtualSocket {
    const socket = this.#streams[stream]
    if (socket === undefined || socket.requestOver) throw new ProtocolError(`a body on stream ${stream}, which has none`)
    return socket
  }

  #end(socket: VirtualSocket, trailers: string[] | undefined): void {
    socket.requestOver = true
    if (!socket.destroyed) callApp(endBody, socket, trailers)
    this.settle(socket)
  }

  #corrupt(error: ProtocolError): void {
    this.#options.onCorrupt(error)
    this.socket.destroy()
  }

  #lost(): void {
    this.#closed = true
    this.#beats.stop()
    for (const socket of this.#streams) {
      if (socket === undefined) continue
      socket.requestOver = true
      socket.responseOver = true
      if (socket.destroyed) this.settle(socket)
      else socket.destroy()
    }
  }
}

const addCredit = (socket: VirtualSocket, bytes: number): void => socket.addCredit(bytes)
