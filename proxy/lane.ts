import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Endpoint } from './balancing/endpoint.ts'
import type { Priority } from './balancing/route-kind.ts'
import type { ForwardedValues } from './forwarded.ts'

/** A request that the listener lets through, with what it found out about it. */
export interface Admitted {
  readonly req: IncomingMessage
  readonly forwarded: ForwardedValues
  readonly stickyKey: string | undefined
  /** To be added to the response, so that the client's next request has a key to stick by. */
  readonly setCookie: string | undefined
  /** What a trusted client says of its place in the queue. */
  readonly priority: Priority | undefined
  /** The client waits for 100 before it sends the body. */
  readonly expectsContinue: boolean
  /** The client may know why its loop was chosen, and asks for it. */
  readonly explains: boolean
}

/**
 * What the listener gives requests to, which Node has parsed: the http lane. It claims tickets from the balancer and settles
 * every one. The link lane has no use for such objects; it must give the same answers.
 */
export interface Lane {
  /** Serves one request to its end. */
  serve(admitted: Admitted, res: ServerResponse): void
  /** Serves one upgrade to its end; `head` is what the client has already sent behind it. */
  upgrade(admitted: Admitted, socket: Duplex, head: Buffer): void
  /** Lets go of what is kept for an endpoint that gets nothing new: idle connections. */
  forget(endpoint: Endpoint): void
  /** Cuts what has stood still for longer than its time-outs allow. Called a few times a second. */
  sweep(): void
  /** Gives up what is under way: the process ends. */
  stop(): void
  /** The request on this connection is broken: its body is not what its header announced. */
  refuseBody(req: IncomingMessage): void
}
