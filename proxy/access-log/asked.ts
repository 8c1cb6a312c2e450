import type { IncomingMessage } from 'node:http'

import type { Asked } from './line.ts'
import type { ForwardedValues } from '../forwarded.ts'

/** What a request that Node has parsed asked. */
export function askedOfMessage(req: IncomingMessage, forwarded: ForwardedValues | undefined): Asked {
  const { headers } = req
  return {
    method: req.method ?? '',
    target: req.url ?? '',
    version: req.httpVersion,
    host: forwarded?.host ?? headers.host,
    forwardedFor: forwarded?.for,
    userAgent: headers['user-agent'],
    traceparent: typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined,
  }
}

// More is not written, and what is refused may be long.
const mostBytes = 2_048

/** What can be made out of the beginning of a request that was refused: its first line, where it looks like one. */
export function askedOfBytes(bytes: Buffer = Buffer.alloc(0), start = 0, end = bytes.length): Asked {
  const text = bytes.toString('latin1', start, Math.min(end, start + mostBytes))
  const [, method = '', target = ''] = /^([A-Z]{3,}) (\/[^ \r\n]*)/.exec(text) ?? []
  return { method, target, version: '', host: undefined, forwardedFor: undefined, userAgent: undefined, traceparent: undefined }
}
