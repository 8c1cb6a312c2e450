import { headerIds, headerNames } from '../../link/header-names.ts'
import { fieldBytes, prefixBytes } from '../../link/request-head.ts'
import type { Asked } from '../access-log/line.ts'
import type { EncodedHead } from './request-writer.ts'

const none = 0
const host = 1
const forwardedFor = 2
const userAgent = 3
const traceparent = 4

/** By the number of a field's name: which of the above it is. */
const wanted = Uint8Array.from(headerNames, (name) =>
  name.toLowerCase() === 'user-agent' ? userAgent : name.toLowerCase() === 'traceparent' ? traceparent : none,
)
wanted[headerIds.xForwardedHost] = host
wanted[headerIds.xForwardedFor] = forwardedFor

/** What the request asked whose head was written for the loop last: nothing of it is kept for the access log beside that. */
export function askedOfHead({ bytes, fields, length }: EncodedHead): Asked {
  const textAt = prefixBytes + fields * fieldBytes
  // One string for all: a slice of it costs less than another call into Node.
  const text = bytes.toString('latin1', textAt, length)
  const found: (string | undefined)[] = [undefined, undefined, undefined, undefined, undefined]
  for (let entry = prefixBytes; entry < textAt; entry += fieldBytes) {
    const nameLength = u16(bytes, entry + 2)
    const what = nameLength === 0 ? wanted[u16(bytes, entry)]! : ofSpelling(text, u16(bytes, entry), nameLength)
    if (what !== none) found[what] = slice(text, u16(bytes, entry + 4), u16(bytes, entry + 6))
  }
  return {
    method: text.slice(0, u16(bytes, 0)),
    target: slice(text, u16(bytes, 2), u16(bytes, 4)),
    version: '1.1',
    host: found[host],
    forwardedFor: found[forwardedFor],
    userAgent: found[userAgent],
    traceparent: found[traceparent],
  }
}

/** A spelling that has no number. */
function ofSpelling(text: string, start: number, length: number): number {
  if (length !== 'user-agent'.length && length !== 'traceparent'.length) return none
  const name = slice(text, start, length).toLowerCase()
  if (name === 'user-agent') return userAgent
  return name === 'traceparent' ? traceparent : none
}

const slice = (text: string, start: number, length: number): string => text.slice(start, start + length)

const u16 = (bytes: Buffer, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)
