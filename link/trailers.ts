import { ProtocolError } from './frame.ts'

/** The payload of TRAILERS: for each field the lengths of name and value (u16, u16), then both, in latin1. */
export function encodeTrailers(trailers: readonly (readonly [string, string])[]): Buffer {
  const size = trailers.reduce((sum, [name, value]) => sum + 4 + name.length + value.length, 0)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const [name, value] of trailers) {
    at = bytes.writeUInt16LE(name.length, at)
    at = bytes.writeUInt16LE(value.length, at)
    at += bytes.write(name, at, 'latin1')
    at += bytes.write(value, at, 'latin1')
  }
  return bytes
}

/**
 * Flat: name, value, name, value.
 * @throws ProtocolError where a length leads beyond the end
 */
export function decodeTrailers(bytes: Buffer, start: number, end: number): string[] {
  const result: string[] = []
  let at = start
  while (at < end) {
    if (at + 4 > end) throw new ProtocolError('a trailer is cut off')
    const valueAt = at + 4 + bytes.readUInt16LE(at)
    const next = valueAt + bytes.readUInt16LE(at + 2)
    if (next > end) throw new ProtocolError('a trailer leads beyond the end of its frame')
    result.push(bytes.toString('latin1', at + 4, valueAt), bytes.toString('latin1', valueAt, next))
    at = next
  }
  return result
}
