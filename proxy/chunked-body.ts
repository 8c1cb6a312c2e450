import { isToken, isValue } from './head-tables.ts'
import { TrailerSection } from './trailer-section.ts'

/** Who gets the data of a body. The bytes are only valid during the call. */
export interface DataSink {
  data(bytes: Buffer, from: number, to: number): void
}

const lf = 0x0a
const cr = 0x0d
const quote = 0x22
const semicolon = 0x3b
const equalsSign = 0x3d
const backslash = 0x5c

// 4 GiB in one chunk; more digits are how a size is made to overflow in some server.
const mostDigits = 8
// Extensions cost their sender little and every reader a look at each byte (CVE-2024-22019): bounded for the whole body.
const longestExtensions = 16_384

// What the next byte is.
const sizeStart = 0
const inSize = 1
const extensionStart = 2
const inExtension = 3
const extensionValueStart = 4
const inExtensionValue = 5
const inQuoted = 6
const inQuotedPair = 7
const behindQuoted = 8
const sizeLineFeed = 9
const inData = 10
const dataReturn = 11
const dataLineFeed = 12
const trailerStart = 13
const inTrailer = 14
const trailerLineFeed = 15
const lastLineFeed = 16

/**
 * Takes the chunk framing off a request body (RFC 9112 7.1), whatever pieces it comes in, without copying its data. It
 * accepts no more than Node's strict parser does: line ends are CRLF, and no white space stands in the framing.
 */
export class ChunkedBody {
  /** The body has come in full. */
  done = false
  /** What came is no chunked body, or one with more framing than is sensible. Where it ends nobody can know. */
  broken = false
  readonly #trailers = new TrailerSection()
  #state = sizeStart
  /** While a size is read, the size so far; then what is left of the chunk. */
  #left = 0
  #digits = 0
  #extensions = 0

  /** The trailer fields that may be passed on, with their names as sent; complete when the body is. */
  get trailers(): readonly (readonly [name: string, value: string])[] {
    return this.#trailers.trailers
  }

  /**
   * Reads on in bytes [start, end) and gives what is data to the sink, in pieces of these bytes.
   * @returns where reading ended: `end`, or behind the body's last byte, or at the byte that broke it
   */
  read(bytes: Buffer, start: number, end: number, sink: DataSink): number {
    let at = start
    while (at < end && !this.done && !this.broken) {
      if (this.#state === inData) {
        const stop = Math.min(end, at + this.#left)
        sink.data(bytes, at, stop)
        this.#left -= stop - at
        at = stop
        if (this.#left === 0) this.#state = dataReturn
      } else {
        const next = this.#next(bytes[at]!)
        if (next === undefined) this.broken = true
        else {
          this.#state = next
          at++
        }
      }
    }
    return at
  }

  /** What follows this byte of the framing; undefined where it may not stand here. */
  #next(byte: number): number | undefined {
    switch (this.#state) {
      case sizeStart:
        this.#left = 0
        this.#digits = 0
        return this.#digit(byte)
      case inSize:
        if (byte === cr) return sizeLineFeed
        return byte === semicolon ? extensionStart : this.#digit(byte)
      case sizeLineFeed:
        if (byte !== lf) return undefined
        return this.#left === 0 ? trailerStart : inData
      case dataReturn:
        return byte === cr ? dataLineFeed : undefined
      case dataLineFeed:
        return byte === lf ? sizeStart : undefined
      default:
        return this.#state < sizeLineFeed ? this.#extension(byte) : this.#trailer(byte)
    }
  }

  #digit(byte: number): number | undefined {
    const value = hexValue(byte)
    if (value === -1 || this.#digits === mostDigits) return undefined
    this.#digits++
    this.#left = this.#left * 16 + value
    return inSize
  }

  #extension(byte: number): number | undefined {
    this.#extensions++
    if (this.#extensions > longestExtensions) return undefined
    switch (this.#state) {
      case extensionStart:
        return isToken[byte] === 1 ? inExtension : undefined
      case inExtension:
        if (isToken[byte] === 1) return inExtension
        return byte === equalsSign ? extensionValueStart : afterExtension(byte)
      case extensionValueStart:
        if (byte === quote) return inQuoted
        return isToken[byte] === 1 ? inExtensionValue : undefined
      case inExtensionValue:
        return isToken[byte] === 1 ? inExtensionValue : afterExtension(byte)
      case inQuoted:
        if (byte === quote) return behindQuoted
        if (byte === backslash) return inQuotedPair
        return isValue[byte] === 1 ? inQuoted : undefined
      case inQuotedPair:
        return isValue[byte] === 1 ? inQuoted : undefined
      default:
        return afterExtension(byte)
    }
  }

  #trailer(byte: number): number | undefined {
    switch (this.#state) {
      case trailerStart:
        if (byte === cr) return lastLineFeed
        // White space here would be an obsolete folding.
        return isToken[byte] === 1 && this.#trailers.push(byte) ? inTrailer : undefined
      case inTrailer:
        if (byte === cr) return trailerLineFeed
        return isValue[byte] === 1 && this.#trailers.push(byte) ? inTrailer : undefined
      case trailerLineFeed:
        return byte === lf && this.#trailers.endLine() ? trailerStart : undefined
      default:
        this.done = byte === lf
        return this.done ? sizeStart : undefined
    }
  }
}

function afterExtension(byte: number): number | undefined {
  if (byte === cr) return sizeLineFeed
  return byte === semicolon ? extensionStart : undefined
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
