/** Requests by which one server can be made to see another request than its neighbour does. */
export interface HostileRequest {
  readonly name: string
  /** What the client sends; each further part once an answer to those before has come. */
  readonly send: readonly string[]
  /** Refused with this status, and nothing of it reaches the upstream. */
  readonly refused?: number
  /** What the upstream gets, exactly. Where neither this nor `refused` is said, both answers are right. */
  readonly forwarded?: readonly { readonly method: string; readonly target: string; readonly body: string }[]
}

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const size = smuggled.length
const hex = size.toString(16)
const chunkedBody = `${hex}\r\n${smuggled}\r\n0\r\n\r\n`

const post = (fields: string, body: string, line = 'POST /open HTTP/1.1'): string => `${line}\r\nHost: a\r\n${fields}\r\n\r\n${body}`
const chunked = (body: string, line?: string): string => post('Transfer-Encoding: chunked', body, line)
const refused = (name: string, bytes: string, status = 400): HostileRequest => ({ name, send: [bytes], refused: status })
const either = (name: string, bytes: string): HostileRequest => ({ name, send: [bytes] })
const whole = (name: string, bytes: string, method = 'POST', body = smuggled): HostileRequest => ({
  name,
  send: [bytes],
  forwarded: [{ method, target: '/open', body }],
})

export const hostileRequests: readonly HostileRequest[] = [
  // Two framings, RFC 9112 6.1 and 6.3.
  refused('Content-Length before Transfer-Encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled}`)),
  refused(
    'Transfer-Encoding before Content-Length',
    post(`Transfer-Encoding: chunked\r\nContent-Length: ${size + 5}`, `0\r\n\r\n${smuggled}`),
  ),
  refused('two lengths that differ', post(`Content-Length: 0\r\nContent-Length: ${size}`, smuggled)),
  refused('a list of lengths that differ', post(`Content-Length: 0, ${size}`, smuggled)),
  either('the same length twice', post(`Content-Length: ${size}\r\nContent-Length: ${size}`, smuggled)),
  refused('a length with a sign', post(`Content-Length: +${size}`, smuggled)),
  refused('a length below zero', post('Content-Length: -1', smuggled)),
  refused('a length in hexadecimal', post(`Content-Length: 0x${hex}`, smuggled)),
  refused('a length with a space inside', post(`Content-Length: 0 ${size}`, smuggled)),
  refused('a length beyond all numbers', post('Content-Length: 99999999999999999999', smuggled)),
  refused('an empty length', post('Content-Length:', smuggled)),
  // Transfer codings that one side may not know.
  either('an unknown transfer coding', post('Transfer-Encoding: xchunked', chunkedBody)),
  either('chunked not last', post('Transfer-Encoding: chunked, identity', chunkedBody)),
  either('chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunkedBody)),
  either('chunked, then another field that says identity', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', chunkedBody)),
  either('identity with a length', post(`Transfer-Encoding: identity\r\nContent-Length: ${size}`, smuggled)),
  either('a coding after a vertical tab', post('Transfer-Encoding: \x0bchunked', chunkedBody)),
  either('a quoted coding', post('Transfer-Encoding: "chunked"', chunkedBody)),
  either('chunked in HTTP/1.0', chunked(chunkedBody, 'POST /open HTTP/1.0')),
  either('HTTP/1.0 with Connection: keep-alive and no Host', `GET /open HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`),
  // Chunk framing, RFC 9112 7.1.
  whole('a chunked POST', chunked(chunkedBody)),
  whole('a chunked DELETE (node-http-proxy #1721)', chunked(chunkedBody, 'DELETE /open HTTP/1.1'), 'DELETE'),
  whole('a chunked OPTIONS (node-http-proxy #1721)', chunked(chunkedBody, 'OPTIONS /open HTTP/1.1'), 'OPTIONS'),
  whole('a chunked GET', chunked(chunkedBody, 'GET /open HTTP/1.1'), 'GET'),
  whole('a DELETE with a length', post(`Content-Length: ${size}`, smuggled, 'DELETE /open HTTP/1.1'), 'DELETE'),
  whole('a GET with a body', post(`Content-Length: ${size}`, smuggled, 'GET /open HTTP/1.1'), 'GET'),
  either('a HEAD with a body', post(`Content-Length: ${size}`, smuggled, 'HEAD /open HTTP/1.1')),
  either('a chunk extension', chunked(`${hex};name=value\r\n${smuggled}\r\n0\r\n\r\n`)),
  either('a chunk extension with a bare line feed', chunked(`0;\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)),
  either('a chunk size that ends in a bare line feed', chunked(`${hex}\n${smuggled}\r\n0\r\n\r\n`)),
  either('a chunk size with spaces', chunked(`${hex}  \r\n${smuggled}\r\n0\r\n\r\n`)),
  either('a chunk size beyond all numbers', chunked(`FFFFFFFFFFFFFFFF1\r\n${smuggled}`)),
  either('a chunk size with a prefix', chunked(`0x${hex}\r\n${smuggled}\r\n0\r\n\r\n`)),
  either('a chunk size below zero', chunked(`-1\r\n${smuggled}`)),
  either('a chunk longer than its size', chunked(`1\r\n${smuggled}\r\n0\r\n\r\n`)),
  either('a body that ends before its last chunk', chunked(`${hex}\r\n${smuggled}`)),
  either('trailers that name a length', chunked(`${hex}\r\n${smuggled}\r\n0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`)),
  either('a trailer that is a request line', chunked(`0\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)),
  // Fields and lines.
  refused('a space before the colon', post('Transfer-Encoding : chunked', chunkedBody)),
  refused('a zero byte in a field', post('X-A: a\0b\r\nContent-Length: 0', '')),
  either('a bare carriage return in a field', post(`X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: ${size}`, smuggled)),
  either('an obsolete folded field', post(`X-A: a\r\n Transfer-Encoding: chunked\r\nContent-Length: ${size}`, smuggled)),
  either('a folded Transfer-Encoding', post('Transfer-Encoding:\r\n chunked', chunkedBody)),
  either(
    'a fold right after the request line',
    `POST /open HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${smuggled}`,
  ),
  either('bare line feeds', `GET /open HTTP/1.1\nHost: a\n\n`),
  either('a bare line feed before a smuggled field', post(`X-A: a\nTransfer-Encoding: chunked\r\nContent-Length: ${size}`, smuggled)),
  either(
    'an underscore in place of the hyphen',
    post(`Transfer_Encoding: chunked\r\nContent_Length: 0\r\nContent-Length: ${size}`, smuggled),
  ),
  either('two Host fields', 'GET /open HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'),
  either('the absolute form', 'GET http://b/open HTTP/1.1\r\nHost: a\r\n\r\n'),
  either('an encoded line end in the target', 'GET /open?%0d%0aGET%20/smuggled%20HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n'),
  refused('a second version in the request line', 'GET /open HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n'),
  either('CONNECT', `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n${smuggled}`),
  // Fields that ask an intermediary to take the framing away, RFC 9110 7.6.1.
  either('Connection names Content-Length', post(`Connection: content-length\r\nContent-Length: ${size}`, smuggled)),
  either('Connection names Transfer-Encoding', post('Connection: transfer-encoding\r\nTransfer-Encoding: chunked', chunkedBody)),
  either(
    'Connection names Host and what the balancer adds',
    post('Connection: host, x-request-id, x-forwarded-for\r\nContent-Length: 0', ''),
  ),
  // Upgrades that the upstream does not take: it answers 200.
  either('an upgrade with a body', post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${size}`, smuggled)),
  either('an upgrade with a chunked body', post('Connection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked', chunkedBody)),
  either(
    'h2c with a body',
    post(
      `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Length: ${size}`,
      smuggled,
    ),
  ),
  either(
    'an upgrade in HTTP/1.0',
    post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${size}`, smuggled, 'GET /open HTTP/1.0'),
  ),
  // The answer comes before the body has.
  {
    name: 'a body that goes on after the answer',
    send: [post(`Content-Length: ${size + 4}`, 'part'), smuggled],
  },
  {
    name: 'a chunked body that goes on after the answer',
    send: [chunked('4\r\npart\r\n'), chunkedBody],
  },
  // Names that only the balancer may say.
  either(
    'the balancer’s own fields',
    'GET /open HTTP/1.1\r\nHost: a\r\nEvenloop-Probe: 1\r\nEvenloop-Taken: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Request-Id: mine\r\n\r\n',
  ),
]
