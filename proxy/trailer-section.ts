import { isToken } from './head-tables.ts'
import { framesAnew, mayTrail } from './trailer-names.ts'

const longestSection = 8_192
const mostFields = 64
const colon = 0x3a

/** Collects the trailer lines behind a chunked body, up to 8 KiB and 64 fields. */
export class TrailerSection {
  /** The fields that may be passed on, with their names as sent. */
  readonly trailers: (readonly [name: string, value: string])[] = []
  #bytes: Buffer | undefined
  #lineStart = 0
  #length = 0
  #fields = 0

  /** Takes a byte of a line. False where the section grows too long. */
  push(byte: number): boolean {
    if (this.#length === longestSection) return false
    this.#bytes ??= Buffer.allocUnsafe(longestSection)
    this.#bytes[this.#length] = byte
    this.#length++
    return true
  }

  /** Ends the line. False where it is no field that may stand here. */
  endLine(): boolean {
    const line = this.#bytes!.subarray(this.#lineStart, this.#length)
    const nameEnd = line.indexOf(colon)
    if (nameEnd < 1 || this.#fields === mostFields) return false
    for (let at = 0; at < nameEnd; at++) if (isToken[line[at]!] === 0) return false
    this.#lineStart = this.#length
    this.#fields++
    const name = line.toString('latin1', 0, nameEnd)
    if (framesAnew(name)) return false
    if (mayTrail(name)) this.trailers.push([name, trimmed(line, nameEnd + 1)])
    return true
  }
}

/** The text from a place on without the white space around it. Not String.trim, which takes more bytes for white space. */
function trimmed(line: Buffer, from: number): string {
  let start = from
  let end = line.length
  while (start < end && isBlank(line[start]!)) start++
  while (end > start && isBlank(line[end - 1]!)) end--
  return line.toString('latin1', start, end)
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09
}
