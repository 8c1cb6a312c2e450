import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

import type { Settings } from '../../config/schema.ts'
import { LiveList } from '../../core/live-list.ts'
import { plainAddress, type TrustedAddresses } from '../../core/trusted-addresses.ts'
import type { Priority } from '../balancing/route-kind.ts'
import type { ForwardedValues } from '../forwarded.ts'
import { explainHeader } from '../decision-field.ts'
import { forwardedValues } from '../forwarded.ts'
import { fieldKind } from '../head-tables.ts'
import { HeadScanner } from '../head-scanner.ts'
import { isWord } from '../head-words.ts'
import { priorityOf } from '../priority.ts'
import type { ClientLimit } from '../rate-limit/client-limit.ts'
import { stickyKey } from '../sticky.ts'
import { Client } from './client.ts'
import type { ClientOutput } from './client-output.ts'
import type { LinkLaneParts } from './lane-parts.ts'
import { valueOf } from './request-writer.ts'

interface LaneOptions {
  readonly parts: Omit<LinkLaneParts, 'live'>
  readonly trusted: TrustedAddresses
  readonly newRequestId: () => string
  readonly settings: Pick<Settings, 'policy' | 'sticky'>
  /** Undefined where clients may come as often as they like. */
  readonly clientLimit: ClientLimit | undefined
  /** Whether a connection is to be served over HTTP from now on. */
  readonly prefersHttp: () => boolean
  /** Takes over a connection, at a request boundary, with the bytes that were read of it. */
  readonly onHandOver: (socket: Socket, bytes: Buffer) => void
}

/**
 * The fast lane: reads the clients' connections itself and speaks to loops over the link. One request meets, in this
 * order: Acceptor, Client, HeadScanner, LinkExchange, Balancer, UpstreamLink; the loop; and back by UpstreamLink, LinkExchange,
 * Client.
 */
export class LinkLane {
  readonly parts: LinkLaneParts
  readonly newRequestId: () => string
  readonly prefersHttp: () => boolean
  /** For heads that come whole, which nearly all do. */
  scanner: HeadScanner
  // What `introduce` has found out: fields, since an object for each request would be for one reader and one moment.
  /** What a trusted proxy says of the client; undefined for others. */
  said: ForwardedValues | undefined = undefined
  /** What a trusted client says of the request's place in the queue. */
  priority: Priority | undefined = undefined
  stickyKey: string | undefined = undefined
  setCookie: string | undefined = undefined
  /** A trusted client asks why its loop is chosen. */
  explains = false
  readonly #options: LaneOptions
  /** The name of the header that tells clients apart. */
  readonly #clientHeader: Buffer | undefined
  readonly #clients = new LiveList<Client>()
  // Clients with something to be written.
  readonly #toFlush: ClientOutput[] = []
  #kept = false

  constructor(options: LaneOptions) {
    this.#options = options
    const header = options.clientLimit?.header
    this.#clientHeader = header === undefined ? undefined : Buffer.from(header)
    this.parts = { ...options.parts, live: new LiveList() }
    this.newRequestId = options.newRequestId
    this.prefersHttp = options.prefersHttp
    this.scanner = new HeadScanner(options.parts.limits)
  }

  /** Serves a client's connection. */
  serve(socket: Socket): Client {
    const { remoteAddress } = socket
    const address = remoteAddress === undefined ? 'unknown' : plainAddress(remoteAddress)
    const client = new Client(this, socket, address, this.#options.trusted.has(remoteAddress))
    this.#clients.add(client)
    return client
  }

  /** Gives the client that has begun a head a scanner of its own. */
  takeScanner(): HeadScanner {
    const taken = this.scanner
    this.scanner = new HeadScanner(this.parts.limits)
    return taken
  }

  /** Finds out what the balancer says of this request; returns its id. */
  introduce(client: Client, scanner: HeadScanner, bytes: Buffer, at: number): string {
    const { newRequestId, settings } = this.#options
    if (client.trusted) {
      const headers = fieldsOf(scanner, bytes, at, (kind) => kind >= fieldKind.forwarded || kind === fieldKind.host)
      this.said = forwardedValues({ headers, remoteAddress: client.address, encrypted: false, trusted: true, newId: newRequestId })
      this.explains = headers[explainHeader] === '1'
      this.priority = priorityOf(headers['priority'])
    } else {
      this.said = undefined
      this.priority = undefined
      this.explains = false
    }
    if (settings.policy === 'rendezvous') {
      const sticky = stickyKey(
        settings.sticky,
        fieldsOf(scanner, bytes, at, () => true),
        client.address,
        newRequestId,
      )
      this.stickyKey = sticky.key
      this.setCookie = sticky.setCookie
    }
    return this.said?.requestId ?? newRequestId()
  }

  /** Counts the request that was introduced: 0 where it may go on, else in how many seconds its client may come again. */
  limit(client: Client, scanner: HeadScanner, bytes: Buffer, at: number): number {
    const { clientLimit } = this.#options
    if (clientLimit === undefined) return 0
    const value = this.#clientHeader === undefined ? undefined : firstOf(this.#clientHeader, scanner, bytes, at)
    return clientLimit.admit(client.address, this.said?.for, value)
  }

  /** The client's connection is for the http lane from now on. */
  handOver(client: Client, bytes: Buffer): void {
    this.#clients.remove(client)
    this.#options.onHandOver(client.socket, bytes)
  }

  left(client: Client): void {
    this.#clients.remove(client)
  }

  toFlush(client: ClientOutput): void {
    this.#toFlush.push(client)
  }

  /** A connection refers to what it was given to write: the memory that it lies in may not be used again. */
  bytesAreKept(): void {
    this.#kept = true
  }

  /** Writes to every client what a read of a link has brought. True where a connection still refers to those bytes. */
  flush(): boolean {
    const clients = this.#toFlush
    for (let i = 0; i < clients.length; i++) clients[i]!.flush()
    clients.length = 0
    const kept = this.#kept
    this.#kept = false
    return kept
  }

  /** Cuts what has stood still for too long. Called a few times a second. */
  sweep(): void {
    const now = this.parts.clock.now()
    for (const exchange of this.parts.live) exchange.sweep(now)
    for (const client of this.#clients) client.sweep(now)
  }

  /** Gives up what is under way: the process ends. */
  stop(): void {
    for (const exchange of this.parts.live) exchange.stop()
  }

  closeIdle(): void {
    for (const client of this.#clients) client.closeIdle()
  }
}

/** The first field of this name, which is in lower case. */
function firstOf(name: Buffer, scanner: HeadScanner, bytes: Buffer, at: number): string | undefined {
  for (let i = 0; i < scanner.count; i++) {
    if (isWord(name, bytes, at + scanner.nameStart[i]!, at + scanner.nameEnd[i]!)) return valueOf(scanner, bytes, at, i)
  }
  return undefined
}

function fieldsOf(scanner: HeadScanner, bytes: Buffer, at: number, wanted: (kind: number) => boolean): IncomingHttpHeaders {
  const result: Record<string, string> = {}
  for (let i = 0; i < scanner.count; i++) {
    if (!wanted(scanner.kind[i]!)) continue
    const name = bytes.toString('latin1', at + scanner.nameStart[i]!, at + scanner.nameEnd[i]!).toLowerCase()
    const value = valueOf(scanner, bytes, at, i)
    const before = result[name]
    result[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return result
}
