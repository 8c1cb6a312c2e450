import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'

import type { Settings } from '../../config/schema.ts'
import { LiveList } from '../../core/live-list.ts'
import { plainAddress, type TrustedAddresses } from '../../core/trusted-addresses.ts'
import type { ForwardedValues } from '../forwarded.ts'
import { forwardedValues } from '../forwarded.ts'
import { fieldKind } from '../head-tables.ts'
import { HeadScanner } from '../head-scanner.ts'
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
  stickyKey: string | undefined = undefined
  setCookie: string | undefined = undefined
  readonly #options: LaneOptions
  readonly #clients = new LiveList<Client>()
  // Clients with something to be written.
  readonly #toFlush: ClientOutput[] = []
  #kept = false

  constructor(options: LaneOptions) {
    this.#options = options
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
    } else this.said = undefined
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
