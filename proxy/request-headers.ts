import type { IncomingHttpHeaders } from 'node:http'

import type { ForwardedValues } from './forwarded.ts'
import { nominatedBy } from './response-head.ts'

// A Connection field that names one of these would take from the request what says where it ends or whom it is for:
// framing is not the client's to remove (RFC 9110 7.6.1 forbids naming end-to-end fields).
export const neverNominated: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'host', 'trailer', 'upgrade', 'te'])

/**
 * The header fields that the loop is to get: what the client sent, without the fields of its own connection (RFC 9110
 * 7.6.1), without `evenloop-*`, by which the balancer and its loops speak to each other, and with what the balancer
 * says of the client. `Expect` is left to the lane.
 */
export function forwardedRequestHeaders(headers: IncomingHttpHeaders, forwarded: ForwardedValues): IncomingHttpHeaders {
  const result: IncomingHttpHeaders = {}
  for (const name in headers) {
    if (!isWithheld(name, headers, forwarded.trusted)) result[name] = headers[name]
  }
  const nominated = nominatedBy(headers.connection)
  if (nominated !== undefined) for (const name of nominated) if (!neverNominated.has(name)) delete result[name]
  // Trailers need the chunked coding; Node throws where they are announced without it.
  if (result.trailer !== undefined && result['transfer-encoding'] === undefined) delete result.trailer
  if (forwarded.forwarded === undefined) delete result['forwarded']
  result['x-forwarded-for'] = forwarded.for
  result['x-forwarded-proto'] = forwarded.proto
  if (forwarded.host === undefined) delete result['x-forwarded-host']
  else result['x-forwarded-host'] = forwarded.host
  result['x-request-id'] = forwarded.requestId
  return result
}

function isWithheld(name: string, headers: IncomingHttpHeaders, trusted: boolean): boolean {
  switch (name) {
    case 'connection':
    case 'keep-alive':
    case 'proxy-connection':
    case 'proxy-authorization':
    case 'upgrade':
    case 'http2-settings':
    case 'expect':
      return true
    case 'te':
      // The only value that means something beyond the connection, since we pass trailers on (RFC 9110 10.1.4).
      return String(headers['te']).toLowerCase() !== 'trailers'
    default:
      // Most names begin with neither letter, and this runs for every field of every request.
      switch (name.charCodeAt(0)) {
        case 0x65 /* e */:
          return name.startsWith('evenloop-')
        case 0x78 /* x */:
          return !trusted && name.startsWith('x-forwarded-')
        default:
          return false
      }
  }
}
