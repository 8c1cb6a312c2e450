import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { replies, type ReplyCode } from '../core/replies.ts'
import { endLingering } from './lingering-close.ts'

// A second is enough for a reload or a restart; a client that comes back at once would only meet the same queue.
const retryAfterSeconds = '1'

/** Answers a request in the balancer's own name. Does nothing where a response has begun. */
export function reply(res: ServerResponse, code: ReplyCode, requestId: string, close: boolean): void {
  if (res.headersSent || res.destroyed) return
  const { status } = replies[code]
  const body = bodyOf(code, requestId)
  const headers: Record<string, string | number> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  }
  if (status === 503) headers['retry-after'] = retryAfterSeconds
  if (close) headers['connection'] = 'close'
  // The reason is said: a head of the loop that could not be passed on may have left its own.
  res.writeHead(status, STATUS_CODES[status]!, headers)
  res.end(body)
}

/** The same where there is no ServerResponse: bytes that were no request, or an upgrade. Always closes. */
export function replyRaw(socket: Socket, code: ReplyCode, requestId: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  endLingering(socket, replyBytes(code, requestId))
}

/** The same as the text of a whole response, all of it ASCII. */
export function replyBytes(code: ReplyCode, requestId: string, connection = 'Connection: close'): string {
  const { status } = replies[code]
  const body = bodyOf(code, requestId)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? [`retry-after: ${retryAfterSeconds}`] : []),
    connection,
  ].join('\r\n')
  return `${head}\r\n\r\n${body}`
}

function bodyOf(code: ReplyCode, requestId: string): string {
  return JSON.stringify({ error: code, message: replies[code].message, requestId })
}
