import type { IncomingMessage } from 'node:http'

import type { ReplyCode } from '../core/replies.ts'

interface AdmissionLimits {
  readonly headerCount: number
  readonly urlBytes: number
  /** 0 sets none. */
  readonly bodyBytes: number
}

/**
 * Why a request that Node's parser accepted is refused all the same; undefined where it is admitted. What two
 * servers might read differently is not passed on (RFC 9112 6.3 and 11.2).
 */
export function refusalOf(req: IncomingMessage, limits: AdmissionLimits): ReplyCode | undefined {
  if (req.rawHeaders.length > limits.headerCount * 2) return 'HEADERS_TOO_LARGE'
  if (req.url!.length > limits.urlBytes) return 'URL_TOO_LONG'
  return refusalOfHost(req) ?? refusalOfTarget(req) ?? refusalOfFraming(req, limits.bodyBytes)
}

/** RFC 9112 3.2: exactly one Host field in HTTP/1.1, at most one before. Node keeps the first and drops the others. */
function refusalOfHost(req: IncomingMessage): ReplyCode | undefined {
  const raw = req.rawHeaders
  let hosts = 0
  for (let i = 0; i < raw.length; i += 2) if (raw[i]!.length === 4 && raw[i]!.toLowerCase() === 'host') hosts++
  if (hosts > 1 || (hosts === 0 && isAtLeast11(req))) return 'BAD_REQUEST'
  return undefined
}

/** RFC 9112 3.2.1 to 3.2.4; the absolute form has been turned into the origin form before. */
function refusalOfTarget(req: IncomingMessage): ReplyCode | undefined {
  const target = req.url!
  if (target.charCodeAt(0) === 0x2f /* / */) return undefined
  return target === '*' && req.method === 'OPTIONS' ? undefined : 'BAD_REQUEST'
}

function refusalOfFraming(req: IncomingMessage, maxBody: number): ReplyCode | undefined {
  const coding = req.headers['transfer-encoding']
  const length = req.headers['content-length']
  if (coding !== undefined) {
    // Two lengths: the attack of RFC 9112 6.3. A transfer coding in HTTP/1.0: 6.1 calls the framing faulty.
    if (length !== undefined || !isAtLeast11(req)) return 'BAD_REQUEST'
    return coding.toLowerCase() === 'chunked' ? undefined : 'NOT_IMPLEMENTED'
  }
  return length !== undefined && maxBody > 0 && Number(length) > maxBody ? 'BODY_TOO_LARGE' : undefined
}

function isAtLeast11(req: IncomingMessage): boolean {
  return req.httpVersionMajor > 1 || (req.httpVersionMajor === 1 && req.httpVersionMinor >= 1)
}

/** True where the header announces a body; without one there is nothing to carry. */
export function announcesBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length']
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * Turns a target in absolute form into the origin form, and makes its authority the Host, as RFC 9112 3.2.2 asks of
 * every server. Other forms stay as they are.
 */
export function normaliseTarget(req: IncomingMessage): void {
  if (req.url!.charCodeAt(0) === 0x2f) return
  const match = /^https?:\/\/([^/?#@\s]+)([/?][^#]*)?$/i.exec(req.url!)
  if (match === null) return
  const rest = match[2] ?? '/'
  req.url = rest.startsWith('/') ? rest : `/${rest}`
  req.headers.host = match[1]!
}
