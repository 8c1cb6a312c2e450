import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { replies, type ReplyCode } from '../core/replies.ts'
import { endLingering } from './lingering-close.ts'

// A second is enough for a reload or a restart; a client that comes back at once would only meet the same queue.
const soon = 1

const closing = 'Connection: close'

/** Whether the answer says when to come again. */
const saysWhen = (status: number): boolean => status === 503 || status === 429

/**
 * Answers a request in the balancer's own name. Does nothing where a response has begun.
 * @param retryAfter in how many seconds the client may come again, where the code says so
 */
export function reply(res: ServerResponse, code: ReplyCode, requestId: string, close: boolean, retryAfter = soon): void {
  if (res.headersSent || res.destroyed) return
  const { status } = replies[code]
  const body = bodyOf(code, requestId)
  const headers: Record<string, string | number> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  }
  if (saysWhen(status)) headers['retry-after'] = String(retryAfter)
  if (close) headers['connection'] = 'close'
  // The reason is said: a head of the loop that could not be passed on may have left its own.
  res.writeHead(status, STATUS_CODES[status]!, headers)
  res.end(body)
}

/** The same where there is no ServerResponse: bytes that were no request, or an upgrade. Always closes. */
export function replyRaw(socket: Socket, code: ReplyCode, requestId: string, retryAfter = soon): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  endLingering(socket, replyBytes(code, requestId, closing, retryAfter))
}

/** The same as the text of a whole response, all of it ASCII. */
export function replyBytes(code: ReplyCode, requestId: string, connection = closing, retryAfter = soon): string {
  const { status } = replies[code]
  const body = bodyOf(code, requestId)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(saysWhen(status) ? [`retry-after: ${retryAfter}`] : []),
    connection,
  ].join('\r\n')
  return `${head}\r\n\r\n${body}`
}

function bodyOf(code: ReplyCode, requestId: string): string {
  return JSON.stringify({ error: code, message: replies[code].message, requestId })
}
