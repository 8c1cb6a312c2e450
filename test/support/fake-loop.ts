import { randomBytes } from 'node:crypto'
import http from 'node:http'
import net, { type Socket } from 'node:net'

import { dataFlag, frameType, initialWindow, requestFlag, resetReason } from '../../link/frame.ts'
import { FrameReader } from '../../link/frame-reader.ts'
import { AcceptHandshake } from '../../link/handshake.ts'
import { Outbox } from '../../link/outbox.ts'
import { decodeRequestHead, type RequestHead } from '../../link/request-head.ts'
import { decodeTrailers } from '../../link/trailers.ts'
import { placeServer, type Upstream } from './in-process-proxy.ts'
import { until } from './wait.ts'

interface FakeLoopOptions {
  /** What is done with each request; without it requests are held, for the test to answer. */
  readonly onRequest?: (request: FakeRequest) => void
  /** What serves connections that do not begin with a handshake; each is answered 200 otherwise. */
  readonly onHttp?: http.RequestListener
  /** A connection that begins a handshake; true where the test has dealt with it. */
  readonly onHandshake?: (socket: Socket) => boolean
}

interface Answer {
  readonly status?: number
  readonly headers?: readonly string[]
  /** The client's connection ends with it. */
  readonly close?: boolean
}

/** A request as a loop sees it, and what a loop can say to it. */
export class FakeRequest {
  readonly link: FakeLink
  readonly stream: number
  readonly flags: number
  readonly head: RequestHead
  body = ''
  bodyBytes = 0
  bodyEnded: boolean
  trailers: readonly string[] = []
  /** The reason with which the balancer gave it up. */
  reset: number | undefined = undefined
  /** Bytes of body that the balancer may still send. */
  window: number = initialWindow
  /** Bytes of response that the balancer takes. */
  credit: number = initialWindow
  /** The last word has been said. */
  over = false

  constructor(link: FakeLink, stream: number, flags: number, head: RequestHead) {
    this.link = link
    this.stream = stream
    this.flags = flags
    this.head = head
    this.bodyEnded = (flags & requestFlag.end) !== 0
  }

  header(name: string): string | undefined {
    const { rawHeaders } = this.head
    for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]!.toLowerCase() === name) return rawHeaders[at + 1]
    return undefined
  }

  taken(): void {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(this.stream)
    this.link.outbox.bytes(frameType.taken, 0, 0, 0, bytes, 0, 4)
  }

  /** Lets the balancer send as many bytes of the body again as have come. */
  grant(): void {
    const amount = initialWindow - this.window
    this.window = initialWindow
    this.link.outbox.number(frameType.window, 0, 0, this.stream, amount)
  }

  inform(status: number, text: string): void {
    this.#data(dataFlag.interim, status, text)
  }

  /** The head of the response, and the rest by `say`. */
  begin(text: string, { status = 200, close = false }: Answer = {}): void {
    this.#data(dataFlag.head | (close ? dataFlag.close : 0), status, text)
  }

  say(bytes: string | Buffer): void {
    this.#data(0, 0, bytes)
  }

  end(text = '', close = false): void {
    this.over = true
    this.#data(dataFlag.end | (close ? dataFlag.close : 0), 0, text)
  }

  /** A whole response with a length. */
  answer(body: string, { status = 200, headers = [], close }: Answer = {}): void {
    const closes = close ?? (this.flags & requestFlag.last) !== 0
    const connection = closes ? 'Connection: close' : 'Connection: keep-alive'
    const head = [`HTTP/1.1 ${status} OK`, `Content-Length: ${Buffer.byteLength(body)}`, connection, ...headers, '', ''].join('\r\n')
    this.over = true
    this.#data(dataFlag.head | dataFlag.end | (closes ? dataFlag.close : 0), status, head + (this.head.method === 'HEAD' ? '' : body))
  }

  /** The app has destroyed its connection. */
  destroy(reason: number = resetReason.destroyed): void {
    this.over = true
    this.link.outbox.frame(frameType.reset, 0, reason, this.stream)
  }

  #data(flags: number, aux: number, content: string | Buffer): void {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
    this.credit -= bytes.length
    this.link.outbox.bytes(frameType.data, flags, aux, this.stream, bytes, 0, bytes.length)
  }
}

/** The loop's end of one link, by hand. */
export class FakeLink {
  readonly socket: Socket
  readonly outbox: Outbox
  /** What a loop would call a breach of the protocol. */
  readonly breaches: string[] = []
  /** The balancer keeps the loop for blocking routes. */
  claimed = false
  readonly #loop: FakeLoop
  readonly #open = new Map<number, FakeRequest>()
  readonly #reader = new FrameReader(this)

  constructor(loop: FakeLoop, socket: Socket) {
    this.#loop = loop
    this.socket = socket
    this.outbox = new Outbox(socket)
  }

  read(bytes: Buffer): void {
    this.#reader.read(bytes, 0, bytes.length)
  }

  /** @param flags of beatFlag */
  beat(flags = 0): void {
    this.outbox.bytes(frameType.beat, flags, 0, 0, Buffer.alloc(12), 0, 12)
  }

  state(state: number): void {
    this.outbox.frame(frameType.state, 0, state, 0)
  }

  /** Bytes that are no frame of ours. */
  raw(bytes: Buffer): void {
    this.outbox.flush()
    this.socket.write(bytes)
  }

  frame(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const known = this.#open.get(stream)
    if (type === frameType.request) return this.#request(flags, aux, stream, bytes, start, end)
    if (type === frameType.window) {
      if (known !== undefined) known.credit += bytes.readUInt32LE(start)
    } else if (type === frameType.reset) this.#reset(known, aux)
    else if (type === frameType.trailers) {
      if (known === undefined || known.bodyEnded) return this.#breach(`trailers on stream ${stream}`)
      known.trailers = decodeTrailers(bytes, start, end)
      known.bodyEnded = true
    } else if (type === frameType.claim) this.claimed = aux === 1
    else this.#breach(`type ${type}`)
  }

  data(stream: number, flags: number, _aux: number, bytes: Buffer, start: number, end: number): void {
    const request = this.#open.get(stream)
    if (request === undefined || request.bodyEnded) return this.#breach(`a body on stream ${stream}`)
    request.bodyBytes += end - start
    request.window -= end - start
    if (request.window < 0) this.#breach(`too much on stream ${stream}`)
    if (request.bodyBytes < 4e6) request.body += bytes.toString('latin1', start, end)
    if ((flags & dataFlag.end) !== 0) request.bodyEnded = true
    this.#loop.onBody?.(request)
  }

  #request(flags: number, count: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const before = this.#open.get(stream)
    if (before !== undefined && !(before.over && before.bodyEnded)) this.#breach(`stream ${stream} is in use`)
    const request = new FakeRequest(this, stream, flags, decodeRequestHead(bytes, start, end, count))
    this.#open.set(stream, request)
    this.#loop.requests.push(request)
    this.#loop.onRequest?.(request)
  }

  #reset(request: FakeRequest | undefined, reason: number): void {
    if (request === undefined) return this.#breach('a reset of nothing')
    request.reset = reason
    request.bodyEnded = true
    if (!request.over) request.destroy(resetReason.cancelled)
  }

  #breach(what: string): void {
    this.breaches.push(what)
  }
}

/** A loop that does what the test says, at a real address: for what no well-behaved loop does, and at every moment. */
export class FakeLoop {
  readonly requests: FakeRequest[] = []
  readonly links: FakeLink[] = []
  onRequest: ((request: FakeRequest) => void) | undefined
  onBody: ((request: FakeRequest) => void) | undefined = undefined
  onHandshake: ((socket: Socket) => boolean) | undefined
  readonly #http: http.Server

  constructor({ onRequest, onHttp, onHandshake }: FakeLoopOptions) {
    this.onRequest = onRequest
    this.onHandshake = onHandshake
    this.#http = http.createServer(onHttp ?? ((_req, res) => void res.end('http')))
    this.#http.keepAliveTimeout = 0
  }

  /** The newest link. */
  get link(): FakeLink {
    return this.links.at(-1)!
  }

  get breaches(): string[] {
    return this.links.flatMap(({ breaches }) => breaches)
  }

  /** The request with this number, from 0, once it has come. */
  request(index = 0): Promise<FakeRequest> {
    return until(`request ${index}`, () => this.requests[index])
  }

  accept(socket: Socket): void {
    const handshake = new AcceptHandshake({ loop: 'fake', state: 'ready', secret: undefined }, randomBytes(32))
    let link: FakeLink | undefined
    let isHttp: boolean | undefined
    socket.on('data', (bytes: Buffer) => {
      if (isHttp === undefined) {
        isHttp = bytes[0] !== 0
        if (!isHttp && this.onHandshake?.(socket) === true) return void socket.removeAllListeners('data')
      }
      if (isHttp) {
        socket.removeAllListeners('data')
        socket.pause()
        socket.unshift(bytes)
        this.#http.emit('connection', socket)
        return void socket.resume()
      }
      if (link !== undefined) return link.read(bytes)
      const at = handshake.read(bytes, 0, bytes.length)
      const reply = handshake.takeReply()
      if (reply !== undefined) socket.write(reply)
      if (handshake.state !== 'accepted') return
      link = new FakeLink(this, socket)
      this.links.push(link)
      link.read(bytes.subarray(at))
    })
  }
}

export interface PlacedLoop {
  readonly loop: FakeLoop
  readonly upstream: Upstream
}

/** Starts one; it is gone when the test is over. */
export async function startFakeLoop(options: FakeLoopOptions = {}, placed: { tcp?: boolean } = {}): Promise<PlacedLoop> {
  const loop = new FakeLoop(options)
  const server = net.createServer((socket) => loop.accept(socket))
  const upstream = await placeServer(server, placed)
  return { loop, upstream: { ...upstream, address: { ...upstream.address, lane: 'link' } as Upstream['address'] } }
}
