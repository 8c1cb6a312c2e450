/**
 * Which bytes may stand where in a request head, and which fields the balancer looks at. A table answers for a byte in
 * one load, where a chain of comparisons would take as many branches as the grammar has exceptions.
 */

/** What a request field is to the balancer. Small numbers: the scanner keeps one per field in a typed array. */
export const fieldKind = {
  other: 0,
  host: 1,
  connection: 2,
  keepAlive: 3,
  proxyConnection: 4,
  proxyAuthorization: 5,
  te: 6,
  trailer: 7,
  contentLength: 8,
  transferEncoding: 9,
  expect: 10,
  http2Settings: 11,
  forwarded: 12,
  /** Any name that begins with `x-forwarded-`. */
  xForwarded: 13,
  /** Any name that begins with `evenloop-`. */
  evenloop: 14,
  xRequestId: 15,
  cookie: 16,
  upgrade: 17,
  priority: 18,
} as const

/** The kinds that are one name each, in lower case. */
export const kindOfName: Readonly<Record<string, number>> = {
  host: fieldKind.host,
  connection: fieldKind.connection,
  'keep-alive': fieldKind.keepAlive,
  'proxy-connection': fieldKind.proxyConnection,
  'proxy-authorization': fieldKind.proxyAuthorization,
  te: fieldKind.te,
  trailer: fieldKind.trailer,
  'content-length': fieldKind.contentLength,
  'transfer-encoding': fieldKind.transferEncoding,
  expect: fieldKind.expect,
  'http2-settings': fieldKind.http2Settings,
  forwarded: fieldKind.forwarded,
  'x-request-id': fieldKind.xRequestId,
  cookie: fieldKind.cookie,
  upgrade: fieldKind.upgrade,
  priority: fieldKind.priority,
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'

/** RFC 9110 5.6.2. */
export const isToken = table((byte) => includes(letters + digits + "!#$%&'*+-.^_`|~", byte))

/**
 * What an origin-form target may consist of here: visible ASCII without `#`, which starts a fragment for some servers
 * and is part of the path for others. Node also takes bytes above ASCII; what those mean is for it to say.
 */
export const isTarget = table((byte) => byte > 0x20 && byte < 0x7f && byte !== 0x23)

/** RFC 9110 5.5, with tab and space: every byte but the control characters. */
export const isValue = table((byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f))

/** RFC 3986 3.2.2 and 3.2.3 without the comma, at which some servers split fields. */
export const isHost = table((byte) => includes(letters + digits + "-._~%!$&'()*+;=:[]", byte))

function table(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0))
}

function includes(characters: string, byte: number): boolean {
  return characters.includes(String.fromCharCode(byte))
}
