import { type ReplyCode } from '../../core/replies.ts'
import { replyBytes } from '../reply.ts'

/**
 * An answer of the balancer itself, as bytes.
 * @param keepAliveMs how long the connection is kept when it is idle
 * @param retryAfter in how many seconds the client may come again, where the code says so
 */
export function ownWords(
  code: ReplyCode,
  requestId: string,
  method: string,
  close: boolean,
  keepAliveMs: number,
  retryAfter?: number,
): string {
  const connection = close ? 'Connection: close' : `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}`
  const all = replyBytes(code, requestId, connection, retryAfter)
  // RFC 9110 9.3.2: the answer to HEAD ends with its head.
  return method === 'HEAD' ? all.slice(0, all.indexOf('\r\n\r\n') + 4) : all
}
