// RFC 9110 6.5.1: what frames, routes, modifies or authenticates a request, or says how to read its content, is read
// before the body. Behind it, it could only mislead a server that merges trailers into the head.
const misplaced = new Set([
  ...['trailer', 'te', 'keep-alive', 'upgrade', 'http2-settings', 'host'],
  ...['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'expect', 'cache-control', 'pragma', 'max-forwards', 'range'],
  ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'forwarded', 'x-request-id'],
  ...['content-encoding', 'content-type', 'content-range'],
])

// A second framing, or an order to close the connection, after both were settled (RFC 9112 6.3): for Node's parser they
// count even here, so that it and a server for which they do not would part ways.
const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'proxy-connection'])

/** Whether a trailer field would frame the request anew. In any case of letters. */
export const framesAnew = (name: string): boolean => framing.has(name.toLowerCase())

/** Whether a trailer field of a request may be passed on to a loop. In any case of letters. */
export function mayTrail(name: string): boolean {
  const lower = name.toLowerCase()
  if (framing.has(lower) || misplaced.has(lower)) return false
  return !lower.startsWith('x-forwarded-') && !lower.startsWith('evenloop-')
}
