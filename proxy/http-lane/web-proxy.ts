import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import util from 'node:util'

import type httpProxy from 'http-proxy'

import type { ConnectionPool } from './connection-pool.ts'

// Node 24 warns of util._extend when http-proxy first calls it, in every user's terminal; it is what Object.assign is.
;(util as unknown as { _extend: unknown })._extend = Object.assign
const { createProxyServer } = createRequire(import.meta.url)('http-proxy') as typeof httpProxy

/**
 * The one file that knows http-proxy. It makes the upstream request and joins its errors to ours; body and response
 * are carried by the exchange, because the library's own passes lose trailers and 1xx, cannot repeat a request on
 * another endpoint, and leak the upstream socket when a client goes away (node-http-proxy #1559, #1582).
 */
export class WebProxy {
  readonly #proxy: httpProxy

  constructor() {
    this.#proxy = createProxyServer({ selfHandleResponse: true, toProxy: true })
    removeDeleteLength(this.#proxy)
    // Emitted where a reset meets a client that has gone; the exchange has seen the client go.
    this.#proxy.on('econnreset', () => {})
  }

  /** Begins one attempt. `carrier` gets the upstream request before anything is sent, and fills it. */
  send(req: IncomingMessage, res: ServerResponse, target: Upstream, carrier: Carrier): void {
    this.#proxy.web(
      req,
      res,
      {
        target: target.target as httpProxy.ServerOptions['target'] & object,
        agent: target.agent as unknown as Agent,
        buffer: carrier as never,
      },
      (error) => carrier.failed(error),
    )
  }
}

/** Where an attempt goes: what http-proxy calls a target, and the connections kept for it. */
export interface Upstream {
  readonly target: Record<string, string | number>
  readonly agent: ConnectionPool
}

/** http-proxy pipes its `buffer` option into the upstream request; ours is no stream but takes its place. */
export interface Carrier {
  pipe(upstream: ClientRequest): void
  failed(error: Error): void
}

/**
 * The pass `deleteLength` turns a chunked DELETE or OPTIONS into one with `content-length: 0` and still sends the body,
 * which the next reader takes for a request: smuggling (node-http-proxy #1721, CVE-2026-29057).
 */
function removeDeleteLength(proxy: httpProxy): void {
  const passes = proxy as unknown as { webPasses: Array<(...args: unknown[]) => unknown> }
  passes.webPasses = passes.webPasses.filter((pass) => pass.name === 'stream')
}
