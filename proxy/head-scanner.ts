import { lookUpField } from './field-lookup.ts'
import { fieldKind, isTarget, isToken, isValue } from './head-tables.ts'
import { isServedMethod } from './head-words.ts'
import { type ScanLimits, ScannedHead, scan } from './scanned-head.ts'

export { type ScanLimits, scan }

const tab = 0x09
const lf = 0x0a
const cr = 0x0d
const space = 0x20
const slash = 0x2f
const colon = 0x3a

// Positions are kept in 16 bits.
const longestHead = 60_000
const longestMethod = 7

const version = Buffer.from(' HTTP/1.1\r\n')

// The part of the head that the next byte belongs to.
const inMethod = 0
const inTarget = 1
const inVersion = 2
const atLine = 3
const inName = 4
const beforeValue = 5
const inValue = 6
const atLineFeed = 7
const atLastLineFeed = 8

/**
 * Scans request heads, one at a time: each byte once, whatever pieces it comes in, and without allocating anything. It
 * accepts only what every server reads the same way, refuses what is malformed, and leaves the rest, unread, to Node's
 * parser: what two parsers understand differently is how requests are smuggled (RFC 9112 11.2).
 *
 * Every verdict follows from the bytes up to the one that it falls at, so that it is the same however they are split.
 * What is public may be read once a scan said `complete`; positions count from the head's first byte.
 */
export class HeadScanner extends ScannedHead {
  /** The bytes of a head that came in several reads, from its first one on: positions apply to it then. */
  held: Buffer = Buffer.alloc(0)
  readonly #maxBytes: number
  #heldBytes = 0
  #state = inMethod
  /** Where the scan goes on. */
  #at = 0

  constructor(limits: ScanLimits) {
    super(limits)
    this.#maxBytes = Math.min(limits.headerBytes, longestHead)
  }

  /** Forgets the head, for the next one. */
  override reset(): void {
    super.reset()
    this.#heldBytes = 0
    this.#state = inMethod
    this.#at = 0
  }

  /**
   * Scans bytes [start, end), which follow those of the last call if that said `more`. Then they may be overwritten: a
   * head that comes in pieces is copied here. After any other verdict the next call is for a new head, behind `reset`.
   * @returns one of `scan`
   */
  scan(bytes: Buffer, start: number, end: number): number {
    if (this.#heldBytes > 0) return this.#goOn(bytes, start, end)
    const verdict = this.#scanWithin(bytes, start, end)
    if (verdict === scan.more) this.#hold(bytes, start, end)
    return verdict
  }

  #goOn(bytes: Buffer, start: number, end: number): number {
    this.#hold(bytes, start, end)
    return this.#scanWithin(this.held, 0, this.#heldBytes)
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    // One byte beyond the limit shows that it is passed.
    const stop = Math.min(end, start + this.#maxBytes + 1 - this.#heldBytes)
    const size = this.#heldBytes + stop - start
    if (size > this.held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(512, size, Math.min(2 * this.held.length, this.#maxBytes + 1)))
      this.held.copy(larger, 0, 0, this.#heldBytes)
      this.held = larger
    }
    bytes.copy(this.held, this.#heldBytes, start, stop)
    this.#heldBytes = size
  }

  /** Scans on in bytes that hold the head from its first byte, at `base`. */
  #scanWithin(bytes: Buffer, base: number, end: number): number {
    const last = base + this.#maxBytes
    const stop = end > last ? last : end
    const verdict = this.#state < atLine ? this.#line(bytes, base, stop) : this.#fields(bytes, base, stop)
    if (verdict !== scan.more || end <= last) return verdict
    return this.limits.headerBytes > longestHead ? scan.handOver : this.refuse('HEADERS_TOO_LARGE')
  }

  #line(bytes: Buffer, base: number, end: number): number {
    let at = base + this.#at
    let state = this.#state
    if (state === inMethod) {
      while (at < end && isToken[bytes[at]!] === 1) at++
      // No method that is served here is longer: a token without an end is not waited for.
      if (at - base > longestMethod) return scan.handOver
      if (at === end) return this.#pause(inMethod, at - base)
      // Clients of old end a body with an empty line that nobody counts: Node knows which of those to forgive.
      if (at === base && (bytes[at] === cr || bytes[at] === lf)) return scan.handOver
      if (at === base || bytes[at] !== space) return this.refuse('BAD_REQUEST')
      if (!isServedMethod(bytes, base, at)) return scan.handOver
      this.methodEnd = at - base
      at++
      this.targetStart = at - base
      state = inTarget
    }
    if (state === inTarget) {
      // The absolute form, `*`, and whatever else does not name a path on this server.
      if (at < end && at - base === this.targetStart && bytes[at] !== slash) return scan.handOver
      while (at < end && isTarget[bytes[at]!] === 1) at++
      if (at === end) return this.#pause(inTarget, at - base)
      this.targetEnd = at - base
    }
    const versionStart = base + this.targetEnd
    const versionEnd = versionStart + version.length
    while (at < end && at < versionEnd) {
      if (bytes[at] !== version[at - versionStart]) return scan.handOver
      at++
    }
    if (at < versionEnd) return this.#pause(inVersion, at - base)
    this.#state = atLine
    this.#at = at - base
    return this.#fields(bytes, base, end)
  }

  #fields(bytes: Buffer, base: number, end: number): number {
    let at = base + this.#at
    let state = this.#state
    let index = this.count
    // One turn per field. A scan that goes on enters in the middle: each part is passed over if it was done before.
    for (;;) {
      if (state === atLine) {
        if (at === end) return this.#pause(atLine, at - base)
        if (isToken[bytes[at]!] === 0) {
          // A line that begins with white space would be an obsolete folding: servers differ over what it continues.
          if (bytes[at] !== cr) return this.refuse('BAD_REQUEST')
          at++
          state = atLastLineFeed
        } else {
          if (index === this.limits.headerCount) return this.refuse('HEADERS_TOO_LARGE')
          this.nameStart[index] = at - base
          state = inName
        }
      }
      if (state === inName) {
        while (at < end && isToken[bytes[at]!] === 1) at++
        if (at === end) return this.#pause(inName, at - base)
        if (bytes[at] !== colon) return this.refuse('BAD_REQUEST')
        const found = lookUpField(bytes, base + this.nameStart[index]!, at)
        this.nameEnd[index] = at - base
        this.kind[index] = found & 0xff
        this.nameId[index] = found >> 8
        at++
        state = beforeValue
      }
      if (state === beforeValue) {
        while (at < end && (bytes[at] === space || bytes[at] === tab)) at++
        if (at === end) return this.#pause(beforeValue, at - base)
        this.valueStart[index] = at - base
        state = inValue
      }
      if (state === inValue) {
        while (at < end && isValue[bytes[at]!] === 1) at++
        if (at === end) return this.#pause(inValue, at - base)
        if (bytes[at] !== cr) return this.refuse('BAD_REQUEST')
        const start = base + this.valueStart[index]!
        let stop = at
        while (stop > start && (bytes[stop - 1] === space || bytes[stop - 1] === tab)) stop--
        this.valueEnd[index] = stop - base
        at++
        state = atLineFeed
      }
      if (at === end) return this.#pause(state, at - base)
      if (bytes[at] !== lf) return this.refuse('BAD_REQUEST')
      at++
      if (state === atLastLineFeed) {
        this.length = at - base
        return this.judge()
      }
      if (this.kind[index] !== fieldKind.other) {
        const verdict = this.judgeField(index, bytes, base)
        if (verdict !== scan.complete) return verdict
      }
      index++
      this.count = index
      state = atLine
    }
  }

  #pause(state: number, at: number): number {
    this.#state = state
    this.#at = at
    return scan.more
  }
}
