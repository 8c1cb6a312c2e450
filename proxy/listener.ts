import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Settings } from '../config/schema.ts'
import type { ReplyCode } from '../core/replies.ts'
import type { Asked } from './access-log/line.ts'
import type { AccessLog } from './access-log/access-log.ts'
import { announcesBody, normaliseTarget, refusalOf } from './admission.ts'
import { askedOfBytes, askedOfMessage } from './access-log/asked.ts'
import { explainHeader } from './decision-field.ts'
import { forwardedValues } from './forwarded.ts'
import { detachedResponse } from './detached-response.ts'
import type { Admitted, Lane } from './lane.ts'
import { isClosing, lingeringClose } from './lingering-close.ts'
import { peerOf } from './access-log/peer-of.ts'
import { priorityOf } from './priority.ts'
import type { ClientLimit } from './rate-limit/client-limit.ts'
import { reply, replyRaw } from './reply.ts'
import { type StickyKey, stickyKey } from './sticky.ts'
import { type TrustedAddresses, plainAddress } from '../core/trusted-addresses.ts'

/** What the listener counts; the metrics implement it. */
export interface ListenerGauge {
  arrived(): void
  failed(code: ReplyCode): void
}

interface ListenerParts {
  readonly lane: Lane
  readonly trusted: TrustedAddresses
  readonly newRequestId: () => string
  readonly gauge: ListenerGauge
  readonly accessLog: AccessLog | undefined
  /** Undefined where clients may come as often as they like. */
  readonly clientLimit: ClientLimit | undefined
  readonly settings: Pick<Settings, 'limits' | 'timeouts' | 'policy' | 'sticky'>
}

// How often Node looks for connections that send their header too slowly.
const checkHeadersEveryMs = 500
const notSticky: StickyKey = { key: undefined, setCookie: undefined }

/** What is known of one client connection: found out once, not at every request, and kept on the socket itself. */
interface Client {
  readonly address: string | undefined
  readonly trusted: boolean
  /** The newest response: what is wrong with the bytes behind its request must wait for it. */
  owed: ServerResponse | undefined
}

const clientKey = Symbol('client')

// A property, not a WeakMap: the garbage collector walks every entry of one at each of its turns.
const clientOf = (socket: Socket): Client => (socket as Socket & { [clientKey]: Client })[clientKey]

/**
 * The clients' side of the http lane: reads connections, refuses what is malformed, too large or too slow, and gives each request to the
 * lane. Knows nothing of endpoints.
 */
export class Listener {
  readonly #parts: ListenerParts
  readonly #server: http.Server
  #draining = false

  constructor(parts: ListenerParts) {
    const { limits, timeouts } = parts.settings
    this.#parts = parts
    this.#server = http.createServer({
      maxHeaderSize: limits.headerBytes,
      insecureHTTPParser: false,
      // Refused by refusalOf, in JSON as everything else.
      requireHostHeader: false,
      keepAliveTimeout: timeouts.keepAlive,
      headersTimeout: timeouts.headers,
      // The body has a time-out for each pause instead: an upload may take as long as it moves.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(checkHeadersEveryMs, timeouts.headers || checkHeadersEveryMs),
      noDelay: true,
    })
    const server = this.#server
    // Node would drop the fields beyond its own limit without a word, a Transfer-Encoding among them.
    server.maxHeadersCount = 0
    // A client that has sent its request and closed its side still waits for the answer.
    Object.assign(server, { httpAllowHalfOpen: true })
    // It never listens itself, and without this it would not look for connections that are too slow.
    server.emit('listening')
    server.on('connection', (socket) => this.#connected(socket))
    server.on('request', (req, res) => this.#request(req, res, false))
    server.on('checkContinue', (req, res) => this.#request(req, res, true))
    server.on('checkExpectation', (req, res) => this.#refuse(req, res, 'EXPECTATION_FAILED'))
    server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket as Socket, head))
    server.on('connect', (req, socket) => this.#connect(req, socket as Socket))
    server.on('clientError', (error, socket) => this.#clientError(error, socket as Socket))
  }

  /** Whether the connection is to end with this response: in a drain, unless another is owed behind it. */
  endsWith(res: ServerResponse): boolean {
    return this.#draining && clientOf(res.req.socket).owed === res
  }

  /**
   * Serves a connection from here on.
   * @param bytes what has been read of it: the beginning of a request
   */
  take(socket: Socket, bytes?: Buffer): void {
    if (bytes !== undefined) socket.unshift(bytes)
    this.#server.emit('connection', socket)
  }

  /**
   * Lets each client go after its next response. A client whose request is already under way to us on an idle
   * connection is still answered: idle connections are closed only by `closeIdle`.
   */
  drain(): void {
    this.#draining = true
  }

  closeIdle(): void {
    this.#server.closeIdleConnections()
  }

  #connected(socket: Socket): void {
    const { remoteAddress } = socket
    const client: Client = {
      address: remoteAddress === undefined ? undefined : plainAddress(remoteAddress),
      trusted: this.#parts.trusted.has(remoteAddress),
      owed: undefined,
    }
    Object.assign(socket, { [clientKey]: client })
  }

  #request(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    if (isClosing(req.socket)) return
    clientOf(req.socket).owed = res
    this.#parts.gauge.arrived()
    normaliseTarget(req)
    const refusal = refusalOf(req, this.#parts.settings.limits)
    if (refusal !== undefined) return this.#refuse(req, res, refusal)
    const admitted = this.#admit(req, expectsContinue)
    const retryAfter = this.#limit(admitted)
    if (retryAfter > 0) return this.#refuseLimited(admitted, res, retryAfter)
    this.#parts.lane.serve(admitted, res)
  }

  /** Node lets go of the connection; true where it can still be answered. */
  #takeOver(req: IncomingMessage, socket: Socket): boolean {
    // Node has taken its listener away: an error that nobody hears would end the process.
    socket.on('error', () => socket.destroy())
    const { owed } = clientOf(socket)
    if (!isClosing(socket) && (owed === undefined || owed.closed)) return true
    // Sent behind a request that is not answered yet: Node keeps the order of answers no more.
    this.#parts.gauge.failed('BAD_REQUEST')
    const { accessLog, newRequestId } = this.#parts
    accessLog?.refused('http', 'BAD_REQUEST', newRequestId(), peerOf(socket), askedOfMessage(req, undefined), false)
    socket.destroy()
    return false
  }

  #connect(req: IncomingMessage, socket: Socket): void {
    if (this.#takeOver(req, socket)) this.#refuseRaw(socket, 'NOT_IMPLEMENTED', askedOfMessage(req, undefined))
  }

  #upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    if (!this.#takeOver(req, socket)) return
    this.#parts.gauge.arrived()
    normaliseTarget(req)
    const refusal = refusalOf(req, this.#parts.settings.limits)
    if (refusal !== undefined) return this.#refuseRaw(socket, refusal, askedOfMessage(req, undefined))
    const admitted = this.#admit(req, false)
    const retryAfter = this.#limit(admitted)
    if (retryAfter > 0) {
      const { forwarded } = admitted
      return this.#refuseRaw(socket, 'RATE_LIMITED', askedOfMessage(req, forwarded), forwarded.requestId, retryAfter)
    }
    if (req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket' && !announcesBody(req)) {
      return this.#parts.lane.upgrade(admitted, socket, head)
    }
    this.#ignoreUpgrade(admitted, socket, head)
  }

  /**
   * Another protocol than WebSocket, such as h2c, is never passed on: the loop could switch to it, and what follows would
   * be requests that no one here has looked at (request smuggling by h2c). RFC 9110 7.8 lets a server ignore the field,
   * so the request is served as if it were not there. Node has let go of the connection, so it ends with the response.
   */
  #ignoreUpgrade(admitted: Admitted, socket: Socket, head: Buffer): void {
    const { req } = admitted
    if (announcesBody(req) || head.length > 0) return this.#refuseRaw(socket, 'BAD_REQUEST', askedOfMessage(req, undefined))
    this.#parts.lane.serve(admitted, detachedResponse(req, socket))
  }

  #admit(req: IncomingMessage, expectsContinue: boolean): Admitted {
    const { newRequestId, settings } = this.#parts
    const { address, trusted } = clientOf(req.socket)
    const forwarded = forwardedValues({ headers: req.headers, remoteAddress: address, encrypted: false, trusted, newId: newRequestId })
    const sticky = settings.policy === 'rendezvous' ? stickyKey(settings.sticky, req.headers, address, newRequestId) : notSticky
    const explains = trusted && req.headers[explainHeader] === '1'
    const priority = trusted ? priorityOf(req.headers['priority']) : undefined
    return { req, forwarded, stickyKey: sticky.key, setCookie: sticky.setCookie, priority, expectsContinue, explains }
  }

  /** Counts a request: 0 where it may go on, else in how many seconds its client may come again. */
  #limit({ req, forwarded }: Admitted): number {
    const { clientLimit } = this.#parts
    if (clientLimit === undefined) return 0
    const { header } = clientLimit
    const value = header === undefined ? undefined : firstOf(req.rawHeaders, header)
    return clientLimit.admit(clientOf(req.socket).address ?? 'unknown', forwarded.for, value)
  }

  #refuseLimited({ req, forwarded }: Admitted, res: ServerResponse, retryAfter: number): void {
    const { gauge, accessLog } = this.#parts
    const { requestId } = forwarded
    gauge.failed('RATE_LIMITED')
    accessLog?.refused('http', 'RATE_LIMITED', requestId, peerOf(req.socket), askedOfMessage(req, forwarded))
    const hasBody = announcesBody(req)
    reply(res, 'RATE_LIMITED', requestId, hasBody || this.endsWith(res), retryAfter)
    if (hasBody) this.#dropRest(req)
  }

  #refuse(req: IncomingMessage, res: ServerResponse, code: ReplyCode): void {
    const { gauge, accessLog, newRequestId } = this.#parts
    const requestId = newRequestId()
    gauge.failed(code)
    accessLog?.refused('http', code, requestId, peerOf(req.socket), askedOfMessage(req, undefined))
    reply(res, code, requestId, true)
    this.#dropRest(req)
  }

  /** What follows on this connection may not be what its client means it to be. */
  #dropRest(req: IncomingMessage): void {
    lingeringClose(req.socket)
    req.resume()
  }

  #refuseRaw(socket: Socket, code: ReplyCode, asked: Asked, requestId = this.#parts.newRequestId(), retryAfter?: number): void {
    const { gauge, accessLog } = this.#parts
    gauge.failed(code)
    accessLog?.refused('http', code, requestId, peerOf(socket), asked)
    replyRaw(socket, code, requestId, retryAfter)
  }

  #clientError(error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket: Socket): void {
    const { owed } = clientOf(socket)
    // What comes behind the last answer is dropped, whatever it is.
    if (isClosing(socket)) return
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else if (owed === undefined || owed.closed) this.#refuseRaw(socket, codeOf(error), askedOfBytes(error.rawPacket))
    // It is the body of the request under way that is broken.
    else if (!owed.req.complete) this.#parts.lane.refuseBody(owed.req)
    // A bad request behind a good one: the good one gets its answer first.
    else owed.once('close', () => this.#refuseRaw(socket, codeOf(error), askedOfBytes(error.rawPacket)))
  }
}

/** The value of the first field of this name, which is in lower case. */
function firstOf(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) if (raw[i]!.length === name.length && raw[i]!.toLowerCase() === name) return raw[i + 1]
  return undefined
}

function codeOf(error: NodeJS.ErrnoException): ReplyCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'HEADERS_TOO_LARGE'
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'REQUEST_TIMEOUT'
  return 'BAD_REQUEST'
}
