import { headerIds } from '../../link/header-names.ts'
import { fieldBytes, methodIds, prefixBytes, writeU16 } from '../../link/request-head.ts'
import type { ForwardedValues } from '../forwarded.ts'
import type { HeadScanner } from '../head-scanner.ts'
import { fieldKind } from '../head-tables.ts'
import { neverNominated } from '../request-headers.ts'

/** Who the client is, as the loop is to see it. */
export interface ClientFacts {
  readonly address: string
  readonly port: number
}

/** A request head as the payload of REQUEST, in a buffer that is used again for the client's next request. */
export interface EncodedHead {
  bytes: Buffer
  length: number
  fields: number
  /** Length of the client's own head. */
  ownLength: number
}

// X-Forwarded-For, -Proto, -Host and X-Request-Id.
const addedFields = 4
const plainHttp = 'http'

/** The number of a method that the scanner accepts; it is told by its length and its first two letters. */
export function methodIdOf(bytes: Buffer, at: number, length: number): number {
  switch (length) {
    case 3:
      return bytes[at] === 0x47 /* G */ ? methodIds.GET : methodIds.PUT
    case 4:
      return bytes[at] === 0x48 /* H */ ? methodIds.HEAD : methodIds.POST
    case 5:
      return methodIds.PATCH
    case 6:
      return methodIds.DELETE
    default:
      return methodIds.OPTIONS
  }
}

/**
 * Writes a scanned head for the loop: the client's bytes as they came, and where in them each field lies. What the loop
 * is not to see (RFC 9110 7.6.1, `evenloop-*`, what only a trusted proxy may say) has no entry; what the balancer says of
 * the client comes last. The same rules as forwardedRequestHeaders, which the http lane uses.
 * @param at where the head begins in `bytes`
 * @param said what a trusted proxy says of the client; undefined where the client is not trusted
 */
export function writeRequestHead(
  into: EncodedHead,
  scanner: HeadScanner,
  bytes: Buffer,
  at: number,
  client: ClientFacts,
  requestId: string,
  said: ForwardedValues | undefined,
): void {
  const most = prefixBytes + (scanner.count + addedFields) * fieldBytes + scanner.length + addedBytes(client, requestId, said)
  if (into.bytes.length < most) into.bytes = Buffer.allocUnsafeSlow(Math.ceil(most / 1024) * 1024)
  const out = into.bytes
  const kept = writeFields(out, scanner, bytes, at, said)
  const textAt = prefixBytes + (kept + addedFields) * fieldBytes
  bytes.copy(out, textAt, at, at + scanner.length)
  let text = scanner.length
  let entry = prefixBytes + kept * fieldBytes

  const addressStart = text
  const addressLength = out.write(client.address, textAt + text, 'latin1')
  text += addressLength
  if (said === undefined) {
    const { hostIndex } = scanner
    const hostStart = scanner.valueStart[hostIndex]!
    entry = writeEntry(out, entry, headerIds.xForwardedFor, addressStart, addressLength)
    entry = writeEntry(out, entry, headerIds.xForwardedProto, text, out.write(plainHttp, textAt + text, 'latin1'))
    text += plainHttp.length
    entry = writeEntry(out, entry, headerIds.xForwardedHost, hostStart, scanner.valueEnd[hostIndex]! - hostStart)
  } else {
    entry = writeEntry(out, entry, headerIds.xForwardedFor, text, said.for.length)
    text += out.write(said.for, textAt + text, 'latin1')
    entry = writeEntry(out, entry, headerIds.xForwardedProto, text, said.proto.length)
    text += out.write(said.proto, textAt + text, 'latin1')
    const host = said.host ?? ''
    entry = writeEntry(out, entry, headerIds.xForwardedHost, text, host.length)
    text += out.write(host, textAt + text, 'latin1')
  }
  writeEntry(out, entry, headerIds.xRequestId, text, out.write(requestId, textAt + text, 'latin1'))
  text += requestId.length

  writeU16(out, 0, scanner.methodEnd)
  writeU16(out, 2, scanner.targetStart)
  writeU16(out, 4, scanner.targetEnd - scanner.targetStart)
  writeU16(out, 6, addressStart)
  writeU16(out, 8, addressLength)
  writeU16(out, 10, client.port)
  writeU16(out, 12, methodIdOf(bytes, at, scanner.methodEnd))
  writeU16(out, 14, 0)
  into.fields = kept + addedFields
  into.length = textAt + text
  into.ownLength = scanner.length
}

/** The client's head as it came; copied. */
export function ownHead({ bytes, fields, ownLength }: EncodedHead): Buffer {
  const start = prefixBytes + fields * fieldBytes
  return Buffer.from(bytes.subarray(start, start + ownLength))
}

/** How many bytes of text are added to the client's own. */
export function addedBytes(client: ClientFacts, requestId: string, said: ForwardedValues | undefined): number {
  const own = client.address.length + plainHttp.length + requestId.length
  return said === undefined ? own : own + said.for.length + said.proto.length + (said.host?.length ?? 0)
}

/** Writes the entries of the client's own fields that the loop is to see; returns how many. */
function writeFields(out: Buffer, scanner: HeadScanner, bytes: Buffer, at: number, said: ForwardedValues | undefined): number {
  const { count, kind, nameId, nameStart, nameEnd, valueStart, valueEnd } = scanner
  const nominated = scanner.nominates ? nominatedNames(scanner, bytes, at) : undefined
  let entry = prefixBytes
  for (let i = 0; i < count; i++) {
    if (kind[i] !== fieldKind.other && isWithheld(kind[i]!, scanner, bytes, at, i, said)) continue
    const name = nameStart[i]!
    if (nominated?.has(bytes.toString('latin1', at + name, at + nameEnd[i]!).toLowerCase()) === true) continue
    const value = valueStart[i]!
    const id = nameId[i]!
    entry =
      id === 0
        ? writeLiteral(out, entry, name, nameEnd[i]! - name, value, valueEnd[i]! - value)
        : writeEntry(out, entry, id, value, valueEnd[i]! - value)
  }
  return (entry - prefixBytes) / fieldBytes
}

function isWithheld(
  kind: number,
  scanner: HeadScanner,
  bytes: Buffer,
  at: number,
  index: number,
  said: ForwardedValues | undefined,
): boolean {
  switch (kind) {
    case fieldKind.connection:
    case fieldKind.keepAlive:
    case fieldKind.proxyConnection:
    case fieldKind.proxyAuthorization:
    case fieldKind.http2Settings:
    case fieldKind.evenloop:
    case fieldKind.xRequestId:
      return true
    case fieldKind.te:
      // Several fields are one value, and not that one.
      return valueOf(scanner, bytes, at, index).toLowerCase() !== 'trailers' || countOf(scanner, fieldKind.te) > 1
    case fieldKind.trailer:
      return !scanner.chunked
    case fieldKind.forwarded:
      return said?.forwarded === undefined
    case fieldKind.xForwarded:
      // Of a trusted proxy's own, the three that are written anew are left out.
      return (
        said === undefined ||
        replaced.has(bytes.toString('latin1', at + scanner.nameStart[index]!, at + scanner.nameEnd[index]!).toLowerCase())
      )
    default:
      return false
  }
}

function countOf({ count, kind }: HeadScanner, wanted: number): number {
  let found = 0
  for (let i = 0; i < count; i++) if (kind[i] === wanted) found++
  return found
}

const replaced = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'])

/** The names that Connection says are of this connection only, without those that frame the request. */
function nominatedNames(scanner: HeadScanner, bytes: Buffer, at: number): ReadonlySet<string> {
  const names = new Set<string>()
  for (let i = 0; i < scanner.count; i++) {
    if (scanner.kind[i] !== fieldKind.connection) continue
    for (const name of valueOf(scanner, bytes, at, i).toLowerCase().split(',')) if (!neverNominated.has(name.trim())) names.add(name.trim())
  }
  return names
}

/** A field's value as text: for the few that are looked at. */
export const valueOf = (scanner: HeadScanner, bytes: Buffer, at: number, index: number): string =>
  bytes.toString('latin1', at + scanner.valueStart[index]!, at + scanner.valueEnd[index]!)

const writeEntry = (out: Buffer, at: number, nameId: number, valueStart: number, valueLength: number): number =>
  writeLiteral(out, at, nameId, 0, valueStart, valueLength)

function writeLiteral(out: Buffer, at: number, nameStart: number, nameLength: number, valueStart: number, valueLength: number): number {
  writeU16(out, at, nameStart)
  writeU16(out, at + 2, nameLength)
  writeU16(out, at + 4, valueStart)
  writeU16(out, at + 6, valueLength)
  return at + fieldBytes
}
