import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'

import { type Beat, beatBytes, readBeat, readRoutes } from '../../link/beat.ts'
import { beatFlag, dataFlag, frameType, requestFlag } from '../../link/frame.ts'
import { FrameReader } from '../../link/frame-reader.ts'
import { Outbox } from '../../link/outbox.ts'
import { DialHandshake } from '../../link/handshake.ts'
import { nonceBytes } from '../../link/proof.ts'
import { fieldBytes, prefixBytes, writeU16 } from '../../link/request-head.ts'
import { encodeTrailers } from '../../link/trailers.ts'
import type { Gate } from '../../loop-node/gate.ts'
import { Front } from '../../loop-node/host/front.ts'
import { leaveLimitsToBalancer } from '../../loop-node/host/own-timeouts.ts'
import { Links } from '../../loop-node/link/links.ts'
import { RouteTable } from '../../loop-node/measure/route-table.ts'
import { LoopVitals } from '../../loop-node/measure/vitals.ts'
import { createLog } from '../../core/log.ts'
import type { RouteCounts } from '../../core/route-counts.ts'
import { systemClock } from '../../core/sources.ts'
import { anyOccupancy } from './occupancy.ts'

interface RequestOptions {
  readonly method?: string
  readonly headers?: readonly string[]
  /** Beside `end`, which is set where there is no body. */
  readonly flags?: number
  readonly body?: boolean
  readonly address?: string
}

/** A request as the payload of a REQUEST frame, in the plainest form: every name and the method as text. */
export function encodeHead(target: string, { method = 'GET', headers = ['Host', 'test'], address = '192.0.2.7' }: RequestOptions): Buffer {
  const text = Buffer.from(method + target + address + headers.join(''), 'latin1')
  const head = Buffer.alloc(prefixBytes + (headers.length / 2) * fieldBytes)
  const addressAt = method.length + target.length
  const prefix = [method.length, method.length, target.length, addressAt, address.length, 40_000, 0, 0]
  for (const [index, value] of prefix.entries()) writeU16(head, index * 2, value)
  let at = addressAt + address.length
  for (const [index, part] of headers.entries()) {
    writeU16(head, prefixBytes + index * 4, at)
    writeU16(head, prefixBytes + index * 4 + 2, part.length)
    at += part.length
  }
  return Buffer.concat([head, text])
}

/** What came on one stream. */
export class Answer {
  text = ''
  bytes = 0
  frames = 0
  status = 0
  readonly interim: number[] = []
  closes = false
  ended = false
  reset: number | undefined
  credit = 0
}

/** The balancer's end of a link, by hand. */
export class LinkClient {
  readonly outbox: Outbox
  readonly beats: Beat[] = []
  /** What the beats said of the app's routes, one after the other. */
  readonly routes: RouteCounts[] = []
  /** Whether the last beat said that another balancer claims the loop. */
  claimed = false
  readonly states: number[] = []
  /** What came, in order: `taken 1 2`, `head 1`, `end 1`, `reset 1`. */
  readonly log: string[] = []
  readonly socket: net.Socket
  readonly #answers = new Map<number, Answer>()
  #changed: (() => void)[] = []

  constructor(socket: net.Socket) {
    this.socket = socket
    this.outbox = new Outbox(socket)
    const reader = new FrameReader(this)
    socket.on('data', (bytes: Buffer) => {
      reader.read(bytes, 0, bytes.length)
      this.#wake()
    })
    socket.on('error', () => undefined).on('close', () => this.#wake())
  }

  request(stream: number, target: string, options: RequestOptions = {}): Answer {
    const { headers = ['Host', 'test'], flags = 0, body = false } = options
    const payload = encodeHead(target, options)
    const all = body ? flags : flags | requestFlag.end
    this.outbox.bytes(frameType.request, all, headers.length / 2, stream, payload, 0, payload.length)
    const answer = new Answer()
    this.#answers.set(stream, answer)
    return answer
  }

  send(stream: number, body: string | Buffer, end: boolean): void {
    const bytes = Buffer.from(body)
    this.outbox.bytes(frameType.data, end ? dataFlag.end : 0, 0, stream, bytes, 0, bytes.length)
  }

  trailers(stream: number, fields: readonly (readonly [string, string])[]): void {
    const bytes = encodeTrailers(fields)
    this.outbox.bytes(frameType.trailers, 0, 0, stream, bytes, 0, bytes.length)
  }

  credit(stream: number, bytes: number): void {
    this.outbox.number(frameType.window, 0, 0, stream, bytes)
  }

  reset(stream: number): void {
    this.outbox.frame(frameType.reset, 0, 1, stream)
  }

  claim(aux: number): void {
    this.outbox.frame(frameType.claim, 0, aux, 0)
  }

  /** Settles when the condition holds; asked whenever something has come. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve))
  }

  frame(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const answer = this.#answers.get(stream)
    if (type === frameType.beat) {
      this.beats.push(readBeat(bytes, start, end))
      this.claimed = (flags & beatFlag.claimed) !== 0
      if (end - start > beatBytes) this.routes.push(...readRoutes(bytes, start, end))
    } else if (type === frameType.state) this.states.push(aux)
    else if (type === frameType.window && answer !== undefined) answer.credit += bytes.readUInt32LE(start)
    else if (type === frameType.reset && answer !== undefined) {
      answer.reset = aux
      this.log.push(`reset ${stream}`)
    } else if (type === frameType.taken) {
      const streams = Array.from({ length: (end - start) / 4 }, (_, at) => bytes.readUInt32LE(start + at * 4))
      this.log.push(`taken ${streams.join(' ')}`)
    }
  }

  data(stream: number, flags: number, aux: number, bytes: Buffer, start: number, end: number): void {
    const answer = this.#answers.get(stream)!
    answer.frames++
    if ((flags & dataFlag.interim) !== 0) answer.interim.push(aux)
    if ((flags & dataFlag.head) !== 0) {
      answer.status = aux
      this.log.push(`head ${stream}`)
    }
    answer.bytes += end - start
    if (answer.bytes < 1e6) answer.text += bytes.toString('latin1', start, end)
    if ((flags & dataFlag.close) !== 0) answer.closes = true
    if ((flags & dataFlag.end) === 0) return
    answer.ended = true
    this.log.push(`end ${stream}`)
  }

  #wake(): void {
    const changed = this.#changed
    this.#changed = []
    for (const wake of changed) wake()
  }
}

/** Dials a loop of this host; the link has been accepted. */
export async function dialLoop(path: string): Promise<LinkClient> {
  const socket = net.connect(path)
  const handshake = new DialHandshake({ id: 'balancer', mode: 'link', keepAliveMs: 75_000, secret: undefined }, randomBytes(nonceBytes))
  socket.write(handshake.first)
  while (handshake.state === 'going') {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    const at = handshake.read(bytes, 0, bytes.length)
    if (at < bytes.length) socket.unshift(bytes.subarray(at))
  }
  return new LinkClient(socket)
}

interface LinkedServer {
  readonly client: LinkClient
  readonly front: Front
  readonly links: Links
  readonly vitals: LoopVitals
  /** The loop's end of it. */
  readonly accepted: net.Socket
  close(): void
}

async function linkTo(server: http.Server, gate: Gate | undefined): Promise<LinkedServer> {
  const front = new Front(anyOccupancy(), gate)
  leaveLimitsToBalancer(server)
  front.attach(server)
  const vitals = new LoopVitals(front)
  const links = new Links(front, vitals, new RouteTable(() => {}), systemClock, createLog('silent', 'loop', false))
  const listener = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as net.AddressInfo
  const socket = net.connect(port, '127.0.0.1')
  const [visitor] = (await once(listener, 'connection')) as [net.Socket]
  const accepted = links.open(visitor, { id: 'balancer', mode: 'link', keepAliveMs: 75_000 }, Buffer.alloc(0))
  front.connections.add(accepted)
  const client = new LinkClient(socket)
  return {
    client,
    front,
    links,
    vitals,
    accepted,
    close: () => {
      socket.destroy()
      listener.close()
      server.closeAllConnections()
    },
  }
}

const linked: LinkedServer[] = []

/** A server in this process, and a link to it that has been accepted; closeLinks closes both. */
export async function link(listener: http.RequestListener | http.Server, gate?: Gate): Promise<LinkedServer> {
  const one = await linkTo(typeof listener === 'function' ? http.createServer(listener) : listener, gate)
  linked.push(one)
  return one
}

/** For afterEach. */
export function closeLinks(): void {
  for (const one of linked.splice(0)) one.close()
}
