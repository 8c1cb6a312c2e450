import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { requestFlag } from '../../link/frame.ts'
import type { Gate } from '../gate.ts'
import type { Work } from '../measure/occupancy.ts'
import { EarlyBody } from './early-body.ts'
import { plainHeaders } from './plain-headers.ts'
import { detachSignal, type Incoming, type MessageParts, type Outgoing } from './node-internals.ts'
import type { VirtualSocket } from './virtual-socket.ts'

/** The app that requests are given to, on its own server. */
export interface LinkHost {
  readonly server: Server
  readonly parts: MessageParts
  /** Where requests wait for their turn; undefined where any number may begin. */
  readonly gate: Gate | undefined
  /** Counts the request, and gives it to the app. */
  begin(event: 'request' | 'checkContinue', work: Work, req: IncomingMessage, res: ServerResponse): void
  /** The app has begun to respond. */
  responds(work: Work): void
  /** The app has finished it, or will not. */
  end(work: Work, req: IncomingMessage): void
}

// What tracing tools listen to.
const requestStart = channel('http.server.request.start')
const responseFinish = channel('http.server.response.finish')

/**
 * Does what Node's own server does when its parser has read a head (parserOnIncoming in lib/_http_server.js): the app
 * gets a real request and a real response, of its server's own classes.
 */
export function beginRequest(host: LinkHost, socket: VirtualSocket, keepAliveMs: number): void {
  const { server, parts } = host
  const head = socket.head!
  socket.head = undefined
  const netSocket = socket as unknown as Socket
  const req = new parts.Incoming(netSocket)
  req.httpVersionMajor = 1
  req.httpVersionMinor = 1
  req.httpVersion = '1.1'
  req.url = head.target
  req.method = head.method
  req.upgrade = false
  req.joinDuplicateHeaders = Boolean((server as { joinDuplicateHeaders?: boolean }).joinDuplicateHeaders)
  const { length } = head.rawHeaders
  const most = (server.maxHeadersCount ?? 0) * 2
  const count = most > 0 ? Math.min(length, most) : length
  req._addHeaderLines(head.rawHeaders, count)
  const headers = count === length ? plainHeaders(head.rawHeaders) : undefined
  if (headers !== undefined) req.headers = headers

  const res = new parts.Outgoing(req, parts.options)
  res._keepAliveTimeout = keepAliveMs
  if ((socket.flags & requestFlag.last) !== 0) res.shouldKeepAlive = false
  if (parts.uniqueKey !== undefined) (res as unknown as Record<symbol, unknown>)[parts.uniqueKey] = parts.unique
  socket.req = req
  socket.res = res
  // As assignSocket does, without its listener: the socket tells the response itself when it closes.
  socket._httpMessage = res
  res.socket = netSocket
  res.on('finish', onFinish)
  if (requestStart.hasSubscribers) requestStart.publish({ request: req, response: res, socket, server })

  if ((socket.flags & requestFlag.expect) === 0) host.begin('request', socket, req, res)
  else continueRequest(host, socket, req, res)
}

function continueRequest(host: LinkHost, work: Work, req: Incoming, res: Outgoing): void {
  res._expect_continue = true
  if (host.server.listenerCount('checkContinue') > 0) return host.begin('checkContinue', work, req, res)
  res.writeContinue()
  host.begin('request', work, req, res)
}

/** Hands on what came of the body while the app had not been given the request. */
export function deliverEarly(socket: VirtualSocket): void {
  const { early } = socket
  if (early === undefined) {
    if (socket.requestOver && !socket.destroyed) endBody(socket, undefined)
    return
  }
  socket.early = undefined
  for (const chunk of early.chunks) receiveBody(socket, chunk)
  if (early.ended) endBody(socket, early.trailers)
}

/** A part of the body. The bytes are the request's from now on. */
export function receiveBody(socket: VirtualSocket, bytes: Buffer): void {
  const { req } = socket
  if (req === undefined) {
    socket.early ??= new EarlyBody()
    return void socket.early.chunks.push(bytes)
  }
  socket.owed += bytes.length
  // Credit is given when the app reads on: resume() of the socket.
  if (req._dumped || req.push(bytes)) socket.giveCredit()
}

export function endBody(socket: VirtualSocket, trailers: string[] | undefined): void {
  const { req } = socket
  if (req === undefined) {
    socket.early ??= new EarlyBody()
    socket.early.ended = true
    socket.early.trailers = trailers
    return
  }
  req.complete = true
  if (trailers !== undefined) req._addHeaderLines(trailers, trailers.length)
  req.push(null)
}

/** As resOnFinish of Node's server. */
function onFinish(this: ServerResponse): void {
  const res = this as Outgoing
  const socket = res.socket as unknown as VirtualSocket | null
  // An app that has taken the socket from its response goes on by itself.
  if (socket === null || socket.res !== res) return
  const req = socket.req!
  if (responseFinish.hasSubscribers) responseFinish.publish({ request: req, response: res, socket, server: socket.server })
  if (detachSignal !== undefined) (req as unknown as Record<symbol, () => void>)[detachSignal]!()
  if (!req._consuming && !req._readableState.resumeScheduled) req._dump()
  socket._httpMessage = null
  res.socket = null
  socket.finished = true
  process.nextTick(closeResponse, res)
  socket.endResponse(res._last)
}

/** The client has gone, or the app has destroyed the socket: what Node's server does then, in its order. */
export function abandonRequest(socket: VirtualSocket): void {
  const { req, res } = socket
  if (req === undefined || res === undefined) return
  req.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
  if (socket._httpMessage === res) closeResponse(res)
}

function closeResponse(res: Outgoing): void {
  if (res._closed) return
  res.destroyed = true
  res._closed = true
  res.emit('close')
}
