import { headerNames } from './header-names.ts'
import { ProtocolError } from './frame.ts'

/**
 * The payload of REQUEST: the head of a request, already split. A prefix, an entry for each field, and the text
 * that all of them point into, most of it the client's own bytes as they came.
 *
 *     prefix  method length, target start, target length, address start, address length, port, method id, 0   8 × u16
 *     field   name start, name length, value start, value length                                              4 × u16
 *     text    latin1
 *
 * A name of length 0 is the entry `start` of the table of names. A method id of 0 is the text at the beginning.
 */

export const prefixBytes = 16
export const fieldBytes = 8
/** Positions are of 16 bits. */
export const maxTextBytes = 0xffff

export const methodIds = { GET: 1, HEAD: 2, POST: 3, PUT: 4, DELETE: 5, OPTIONS: 6, PATCH: 7 } as const

/** By method id; the text of 0 is in the head. */
export const methods: readonly string[] = ['', ...Object.keys(methodIds)]

export interface RequestHead {
  readonly method: string
  readonly target: string
  /** Name, value, name, value, in the client's order and spelling. */
  readonly rawHeaders: string[]
  readonly remoteAddress: string
  readonly remotePort: number
}

/** @throws ProtocolError where it points outside of itself */
export function decodeRequestHead(bytes: Buffer, start: number, end: number, count: number): RequestHead {
  const textAt = start + prefixBytes + count * fieldBytes
  if (textAt > end) throw new ProtocolError(`a request with ${count} fields has no room for them`)
  // One string for all: a slice of it refers to it and is not copied.
  const text = bytes.toString('latin1', textAt, end)
  const size = text.length
  const rawHeaders: string[] = []
  let at = start + prefixBytes
  for (let i = 0; i < count; i++) {
    const nameAt = readU16(bytes, at)
    const nameLength = readU16(bytes, at + 2)
    const valueAt = readU16(bytes, at + 4)
    const valueEnd = valueAt + readU16(bytes, at + 6)
    if (valueEnd > size || (nameLength > 0 && nameAt + nameLength > size))
      throw new ProtocolError('a field of a request points outside of its text')
    const name = nameLength === 0 ? headerNames[nameAt] : text.slice(nameAt, nameAt + nameLength)
    if (name === undefined || name === '') throw new ProtocolError(`there is no field name with the number ${nameAt}`)
    rawHeaders.push(name, text.slice(valueAt, valueEnd))
    at += fieldBytes
  }
  const method = methods[readU16(bytes, start + 12)]
  if (method === undefined) throw new ProtocolError(`there is no method with the number ${readU16(bytes, start + 12)}`)
  const methodEnd = readU16(bytes, start)
  const targetAt = readU16(bytes, start + 2)
  const targetEnd = targetAt + readU16(bytes, start + 4)
  const addressAt = readU16(bytes, start + 6)
  const addressEnd = addressAt + readU16(bytes, start + 8)
  if (methodEnd > size || targetEnd > size || addressEnd > size) throw new ProtocolError('a request points outside of its text')
  return {
    method: method === '' ? text.slice(0, methodEnd) : method,
    target: text.slice(targetAt, targetEnd),
    rawHeaders,
    remoteAddress: text.slice(addressAt, addressEnd),
    remotePort: readU16(bytes, start + 10),
  }
}

const readU16 = (bytes: Buffer, at: number): number => bytes[at]! | (bytes[at + 1]! << 8)

export function writeU16(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
}
