import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import { LiveList } from '../../core/live-list.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import type { Admitted, Lane } from '../lane.ts'
import { Exchange } from './exchange.ts'
import type { LaneParts } from './lane-parts.ts'
import { Tunnel } from './tunnel.ts'
import { Upstreams } from './upstreams.ts'
import { WebProxy } from './web-proxy.ts'

/** The complete lane: HTTP/1.1 to every kind of server, over connections that are kept. */
export class HttpLane implements Lane {
  readonly #parts: LaneParts

  constructor(parts: Omit<LaneParts, 'web' | 'upstreams' | 'live' | 'tunnels'>) {
    this.#parts = { ...parts, web: new WebProxy(), upstreams: new Upstreams(parts.openHttp), live: new LiveList(), tunnels: new LiveList() }
  }

  serve(admitted: Admitted, res: ServerResponse): void {
    new Exchange(this.#parts, admitted, res).start()
  }

  upgrade(admitted: Admitted, socket: Duplex, head: Buffer): void {
    new Tunnel(this.#parts, admitted, socket, head).start()
  }

  refuseBody(req: IncomingMessage): void {
    for (const exchange of this.#parts.live) if (exchange.req === req) exchange.fail('BAD_REQUEST', 'cancelled')
  }

  forget(endpoint: Endpoint): void {
    this.#parts.upstreams.forget(endpoint)
  }

  stop(): void {
    for (const exchange of this.#parts.live) exchange.stop()
    for (const tunnel of this.#parts.tunnels) tunnel.stop()
  }

  sweep(): void {
    const now = this.#parts.clock.now()
    for (const exchange of this.#parts.live) exchange.sweep(now)
    for (const tunnel of this.#parts.tunnels) tunnel.sweep(now)
  }
}
