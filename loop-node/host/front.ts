import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { type Listed, LiveList } from '../../core/live-list.ts'
import { onLostInLine } from '../../core/waiting-response.ts'
import { type MessageParts, messageParts } from '../link/node-internals.ts'
import type { LinkHost } from '../link/request.ts'
import type { Gate } from '../gate.ts'
import type { Occupancy, Work } from '../measure/occupancy.ts'
import { Connections } from './connections.ts'

interface OpenRequest extends Listed, Work {
  readonly res: ServerResponse
}

type FrontState = 'starting' | 'ready' | 'draining'

/** Takes the connections of an address first, and admits to the server those that are for it. */
interface Door {
  receive(socket: Socket): void
}

/**
 * Stands before the app on its own server: answers the balancer's probes, says when a request is taken, hides
 * the balancer's headers, counts, and in a drain asks clients to close. Everything else reaches the app untouched.
 * What comes over a link has none of that but the count: there the balancer learns the rest by frames.
 */
export class Front implements LinkHost {
  readonly connections: Connections = new Connections()
  readonly gate: Gate | undefined
  readonly #occupancy: Occupancy
  readonly #open = new LiveList<OpenRequest>()
  /** At the gate. */
  readonly #waiting = new Set<ServerResponse>()
  readonly #continued = new WeakSet<ServerResponse>()
  #state: FrontState = 'starting'
  #requests = 0
  #linked = 0
  #server: Server | undefined
  #parts: MessageParts | undefined
  #emit: ((this: Server, event: string, ...rest: unknown[]) => boolean) | undefined
  #onQuiet: (() => void) | undefined

  /** @param gate where requests wait for their turn; left out where any number may begin */
  constructor(occupancy: Occupancy, gate?: Gate) {
    this.#occupancy = occupancy
    this.gate = gate
    // The last ones that waited may have had no client any more: they never begin, and so never end.
    if (gate !== undefined) gate.onIdle = () => this.#noteQuiet()
  }

  get inFlight(): number {
    return this.#open.size + this.#linked + (this.gate?.waiting ?? 0)
  }

  get state(): FrontState {
    return this.#state
  }

  /** Requests since the process began, probes not counted. */
  get requests(): number {
    return this.#requests
  }

  get server(): Server {
    return this.#server!
  }

  get parts(): MessageParts {
    return this.#parts!
  }

  /** @param door for the server's own address, where that is of both lanes */
  attach(server: Server, door?: Door): void {
    this.#server = server
    this.#parts = messageParts(server)
    // A listener cannot keep an event from the ones after it; only emit can.
    const emit: (this: Server, event: string, ...rest: unknown[]) => boolean = server.emit
    this.#emit = emit
    server.emit = (event: string, ...rest: unknown[]): boolean => {
      if (event === 'request' || event === 'checkContinue' || event === 'checkExpectation') {
        return this.#request(event, rest[0] as IncomingMessage, rest[1] as ServerResponse)
      } else if (event === 'connection') {
        if (door === undefined) this.connections.add(rest[0] as Socket)
        else return (door.receive(rest[0] as Socket), true)
      } else if (event === 'upgrade') {
        const req = rest[0] as IncomingMessage
        hideHeaders(req)
        this.connections.upgrade(rest[1] as Socket, req.headers.upgrade)
      }
      return Reflect.apply(emit, server, [event, ...rest])
    }
  }

  /** A connection that speaks HTTP, from whichever address. */
  admit(socket: Socket): void {
    this.connections.add(socket)
    this.#emit!.call(this.#server!, 'connection', socket)
  }

  begin(event: 'request' | 'checkContinue', work: Work, req: IncomingMessage, res: ServerResponse): void {
    this.#requests++
    this.#linked++
    if (event !== 'request') this.#continued.add(res)
    this.#call(event, work, req, res)
  }

  responds(work: Work): void {
    this.#occupancy.responds(work)
  }

  end(work: Work, req: IncomingMessage): void {
    this.#occupancy.over(work, req)
    this.#linked--
    this.gate?.leave()
    this.#noteQuiet()
  }

  ready(): void {
    this.#state = 'ready'
  }

  /** From now on every response ends its connection, and the probe says so. */
  drain(): void {
    this.#state = 'draining'
    for (const { res } of this.#open) if (!res.headersSent) res.shouldKeepAlive = false
    for (const res of this.#waiting) res.shouldKeepAlive = false
  }

  /** Ends connections without a request; `links` are those that are busy otherwise. */
  endUnused(links: readonly Socket[]): void {
    const busy = new Set<Socket>(links)
    for (const { res } of this.#open) if (res.req.socket !== null) busy.add(res.req.socket)
    for (const { req } of this.#waiting) if (req.socket !== null) busy.add(req.socket)
    this.connections.endUnused(busy)
  }

  /** Settles when no request is open. */
  whenQuiet(): Promise<void> {
    if (this.inFlight === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onQuiet = resolve
    })
  }

  #request(event: string, req: IncomingMessage, res: ServerResponse): boolean {
    // An app that answers checkContinue by emitting 'request' sends the same request here again.
    if (this.#continued.has(res)) return this.#emit!.call(this.#server!, event, req, res)
    const hidden = hideHeaders(req)
    if (this.#state === 'draining') res.shouldKeepAlive = false
    if (hidden.has('evenloop-probe') && req.method === 'OPTIONS' && req.url === '*') {
      const ready = this.#state === 'ready'
      res.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain', 'content-length': this.#state.length })
      res.end(this.#state)
      return true
    }
    const isAsked = hidden.has('evenloop-taken')
    if (this.gate === undefined) return this.#begin(event, req, res, isAsked)
    this.#waiting.add(res)
    const begin = (): boolean => {
      this.#waiting.delete(res)
      if (req.destroyed) return false
      this.#begin(event, req, res, isAsked)
      return true
    }
    // Its turn comes when another client's request ends, and is no part of that.
    this.gate.ask({ begin: AsyncResource.bind(begin) })
    return true
  }

  #begin(event: string, req: IncomingMessage, res: ServerResponse, isAsked: boolean): boolean {
    if (event !== 'request') this.#continued.add(res)
    // Before the handler runs: after a crash the balancer must know that the request had been begun.
    if (isAsked) res.writeProcessing()
    this.#requests++
    const open: OpenRequest = { res, place: -1, route: undefined, heldMs: 0 }
    this.#open.add(open)
    res.once('close', () => this.#close(open))
    onLostInLine(req, res, () => this.#close(open))
    return this.#call(event, open, req, res)
  }

  #call(event: string, work: Work, req: IncomingMessage, res: ServerResponse): boolean {
    this.#occupancy.enter(work, req)
    try {
      return this.#emit!.call(this.#server!, event, req, res)
    } finally {
      this.#occupancy.leave(work)
    }
  }

  #close(open: OpenRequest): void {
    if (open.place === -1) return
    this.#occupancy.over(open, open.res.req)
    this.#open.remove(open)
    this.gate?.leave()
    if (this.#state !== 'draining') return
    // The head of this response may have been sent before the drain, with keep-alive.
    setImmediate(() => this.#server?.closeIdleConnections())
    this.#noteQuiet()
  }

  #noteQuiet(): void {
    if (this.#state === 'draining' && this.inFlight === 0) this.#onQuiet?.()
  }
}

/** Removes the balancer's own headers from a request, and returns their names. */
export function hideHeaders(req: IncomingMessage): ReadonlySet<string> {
  const raw = req.rawHeaders
  let hidden = none
  for (let at = raw.length - 2; at >= 0; at -= 2) {
    if (!isOurs(raw[at]!)) continue
    if (hidden === none) {
      hidden = new Set()
      // Node builds this view from rawHeaders when it is first read, by a count taken before we cut them.
      void req.headersDistinct
    }
    const name = raw[at]!.toLowerCase()
    ;(hidden as Set<string>).add(name)
    delete req.headers[name]
    delete req.headersDistinct[name]
    raw.splice(at, 2)
  }
  return hidden
}

const none: ReadonlySet<string> = new Set()

// Nearly no header begins with an e: the first letter spares the rest of the comparison.
const isOurs = (name: string): boolean => (name.charCodeAt(0) | 0x20) === 0x65 && /^evenloop-/i.test(name)
