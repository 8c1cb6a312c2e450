import type { Socket } from 'node:net'

import type { Logger } from '../../core/log.ts'
import type { Clock } from '../../core/sources.ts'
import type { Beat } from '../../link/beat.ts'
import type { BalancerHello } from '../../link/handshake.ts'
import { ChangedRoutes } from '../measure/changed-routes.ts'
import type { RouteTable } from '../measure/route-table.ts'
import type { LinkHost } from './request.ts'
import { readIntoOwnBuffer } from './own-buffer.ts'
import { LinkSession } from './session.ts'

/** The links of one loop: one for each balancer that has dialled it. */
export class Links {
  readonly #sessions = new Set<LinkSession>()
  readonly #host: LinkHost
  readonly #vitals: Beat
  readonly #routes: RouteTable
  readonly #clock: Clock
  readonly #log: Logger
  #claims = 0

  constructor(host: LinkHost, vitals: Beat, routes: RouteTable, clock: Clock, log: Logger) {
    this.#host = host
    this.#vitals = vitals
    this.#routes = routes
    this.#clock = clock
    this.#log = log
    // An app that ends the process when its response is finished, or dies in the same turn, has answered: what it wrote leaves.
    process.on('exit', () => this.#flush())
  }

  /**
   * A handshake was accepted; `rest` came behind it.
   * @returns the socket that has the connection from now on
   */
  open(accepted: Socket, hello: BalancerHello, rest: Buffer): Socket {
    const socket = readIntoOwnBuffer(accepted, (bytes, count) => session.receive(bytes, count))
    const session: LinkSession = new LinkSession(socket, {
      host: this.#host,
      vitals: this.#vitals,
      routes: new ChangedRoutes(this.#routes, this.#clock),
      clock: this.#clock,
      claimedByOthers: () => this.#claims > (session.claims ? 1 : 0),
      onClaim: () => this.#countClaims(),
      keepAliveMs: hello.keepAliveMs,
      onCorrupt: (error) => this.#log.warn({ balancer: hello.id }, `a corrupt link is closed: ${error.message}`),
    })
    this.#sessions.add(session)
    session.greet()
    socket.once('close', () => {
      this.#sessions.delete(session)
      // A balancer that has gone keeps nothing any more.
      if (session.claims) this.#countClaims()
    })
    if (rest.length > 0) session.receive(rest, rest.length)
    return socket
  }

  /** Whether any balancer keeps this loop for blocking routes. */
  get claimed(): boolean {
    return this.#claims > 0
  }

  /** Tells every balancer. */
  say(state: 'ready' | 'draining'): void {
    for (const session of this.#sessions) session.say(state)
  }

  /** Ends every link once it holds no stream. */
  close(): void {
    for (const session of this.#sessions) session.close()
  }

  #countClaims(): void {
    this.#claims = 0
    for (const { claims } of this.#sessions) if (claims) this.#claims++
    for (const session of this.#sessions) session.sayClaims()
  }

  #flush(): void {
    for (const { outbox } of this.#sessions) outbox.flush()
  }

  /** The sockets of links that hold a stream. */
  busy(): Socket[] {
    return [...this.#sessions].filter((session) => session.open > 0).map((session) => session.socket)
  }
}
