import type { IncomingHttpHeaders, IncomingMessage, InformationEvent } from 'node:http'

import type { Decision } from '../core/decision.ts'
import { decisionField, decisionHeader } from './decision-field.ts'

/**
 * The header fields of a response as the client is to get them: in their order and spelling, without those that speak
 * of the connection between balancer and loop (RFC 9110 7.6.1). Flat: name, value, name, value.
 * @param req what the client asked
 * @param decision for a client that may know why its loop was chosen
 */
export function forwardedResponseHeaders(
  upstream: IncomingMessage,
  req: IncomingMessage,
  setCookie: string | undefined,
  decision: Decision | undefined,
): string[] {
  const result = endToEnd(upstream, upstream.headers.trailer !== undefined && !mayTrail(upstream, req))
  if (setCookie !== undefined) result.push('Set-Cookie', setCookie)
  if (decision !== undefined) result.push(decisionHeader, decisionField(decision))
  return result
}

/** A 1xx response as bytes for the client (RFC 9110 15.2). */
export function interimHead(event: InformationEvent): string {
  const fields = endToEnd(event, false)
  let head = `HTTP/1.1 ${event.statusCode} ${event.statusMessage}\r\n`
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`
  return `${head}\r\n`
}

/** Trailers need the chunked coding; Node refuses to announce them without it. */
function mayTrail(upstream: IncomingMessage, req: IncomingMessage): boolean {
  const { statusCode, headers } = upstream
  if (req.httpVersionMinor === 0 || req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return false
  return headers['content-length'] === undefined
}

function endToEnd(
  message: { readonly rawHeaders: readonly string[]; readonly headers: IncomingHttpHeaders },
  withoutTrailer: boolean,
): string[] {
  const raw = message.rawHeaders
  const nominated = nominatedBy(message.headers.connection)
  const result: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!
    if (isHopByHop(name) || (nominated !== undefined && nominated.includes(name.toLowerCase()))) continue
    if (!withoutTrailer || name.toLowerCase() !== 'trailer') result.push(name, raw[i + 1]!)
  }
  return result
}

// By length first: most names differ in it, and lower-casing every name of every response would cost more than the
// comparison.
function isHopByHop(name: string): boolean {
  switch (name.length) {
    case 2:
      return name.toLowerCase() === 'te'
    case 7:
      return name.toLowerCase() === 'upgrade'
    case 10: {
      const lower = name.toLowerCase()
      return lower === 'connection' || lower === 'keep-alive'
    }
    case 16:
      return name.toLowerCase() === 'proxy-connection'
    case 17:
      return name.toLowerCase() === 'transfer-encoding'
    default:
      return false
  }
}

/** The field names that a Connection header nominates; undefined where it names none but its own options. */
export function nominatedBy(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  const names = connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'close' && name !== 'keep-alive')
  return names.length === 0 ? undefined : names
}
