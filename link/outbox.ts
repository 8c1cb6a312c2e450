import { frameHeaderBytes } from './frame.ts'

/** What an outbox writes to: a net.Socket or a tls.TLSSocket. */
export interface Sink {
  readonly destroyed: boolean
  /** Bytes that the kernel has not taken. */
  readonly writableLength: number
  write(bytes: Uint8Array, done?: (error?: Error | null) => void): boolean
  cork(): void
  uncork(): void
}

// A whole read of a client's body with its header fits: 64 KiB, and room for some frames before it.
const partBytes = 68 * 1024
// Up to here a copy costs less than another entry of a vector.
const copyBytes = 8 * 1024

/**
 * Gathers frames and sends them at the end of a turn of the event loop, or when a buffer is full: under load one system
 * call carries many requests. No frame waits longer, unless the other end does not read; then it waits here, side by side
 * with others, and a slow peer costs no more memory than what is said to it.
 */
export class Outbox {
  readonly #sink: Sink
  #part: Buffer = Buffer.allocUnsafeSlow(partBytes)
  // The part before this one, to be used again: two take turns.
  #spare: Buffer | undefined
  #from = 0
  #at = 0
  // Sealed pieces before the current part.
  #pieces: Uint8Array[] = []
  #scheduled = false
  #writing = false
  // Which frames can still be changed: those written since the last flush, in the current part.
  #turn = 0
  #last = 0
  // Whom to tell when what is here now has been sent, and when what is being written has.
  #waiting: (() => void)[] = []
  #told: (() => void)[] = []
  readonly #flush: () => void
  readonly #written: () => void

  constructor(sink: Sink) {
    this.#sink = sink
    this.#flush = () => {
      this.#scheduled = false
      this.flush()
    }
    this.#written = () => {
      this.#writing = false
      const told = this.#told
      if (told.length > 0) {
        this.#told = []
        // Whoever is told may throw, which must not keep the rest from being sent.
        for (const tell of told) process.nextTick(tell)
      }
      if (!this.#scheduled) this.flush()
    }
  }

  /** With `last`, names the frame that was written last. */
  get turn(): number {
    return this.#turn
  }

  get last(): number {
    return this.#last
  }

  /** Adds flags to a frame that was named; false where it is on its way already. */
  amend(turn: number, at: number, flags: number): boolean {
    if (turn !== this.#turn) return false
    this.#part[at + 5]! |= flags
    return true
  }

  /** True where the kernel has taken all that was written. */
  get sent(): boolean {
    return this.#pieces.length === 0 && this.#at === this.#from && this.#sink.writableLength === 0
  }

  /** Calls back once all that was written so far is sent; never where the connection breaks first. */
  whenSent(tell: () => void): void {
    if (this.#pieces.length === 0 && this.#at === this.#from && this.#writing) this.#told.push(tell)
    else this.#waiting.push(tell)
  }

  /** A frame without payload. */
  frame(type: number, flags: number, aux: number, stream: number): void {
    this.#reserve(frameHeaderBytes)
    this.#header(0, type, flags, aux, stream)
  }

  /** A frame whose payload is one number of 32 bits. */
  number(type: number, flags: number, aux: number, stream: number, value: number): void {
    this.#reserve(frameHeaderBytes + 4)
    this.#header(4, type, flags, aux, stream)
    this.#u32(value)
  }

  /** The bytes are copied: the caller may use them again at once. */
  bytes(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void {
    const length = end - start
    if (frameHeaderBytes + length <= partBytes) {
      this.#reserve(frameHeaderBytes + length)
      this.#header(length, type, flags, aux, stream)
      bytes.copy(this.#part, this.#at, start, end)
      this.#at += length
      return
    }
    this.reference(type, flags, aux, stream, Buffer.from(bytes.subarray(start, end)))
  }

  /** The bytes may be kept until they are sent: nobody may change them. */
  reference(type: number, flags: number, aux: number, stream: number, bytes: Buffer): void {
    if (bytes.length <= copyBytes) return this.bytes(type, flags, aux, stream, bytes, 0, bytes.length)
    this.#reserve(frameHeaderBytes)
    this.#header(bytes.length, type, flags, aux, stream)
    this.#seal()
    this.#pieces.push(bytes)
  }

  /**
   * Text, written where it is sent from. Returns the length of its bytes.
   * @param encoding of which no character takes more than three bytes
   */
  text(type: number, flags: number, aux: number, stream: number, text: string, encoding: 'latin1' | 'utf8'): number {
    const most = encoding === 'latin1' ? text.length : text.length * 3
    if (frameHeaderBytes + most > partBytes) {
      const bytes = Buffer.from(text, encoding)
      this.reference(type, flags, aux, stream, bytes)
      return bytes.length
    }
    this.#reserve(frameHeaderBytes + most)
    const at = this.#at + frameHeaderBytes
    const length = encoding === 'latin1' ? this.#part.write(text, at, 'latin1') : this.#part.write(text, at, 'utf8')
    this.#header(length, type, flags, aux, stream)
    this.#at += length
    return length
  }

  /** Sends what is here now: for what must be on its way before something else happens. */
  flush(): void {
    if (this.#writing || this.#sink.destroyed) return
    if (this.#pieces.length === 0) {
      if (this.#at === this.#from) return
      this.#begin()
      const bytes = this.#take()
      this.#sink.write(bytes, this.#written)
      return
    }
    this.#begin()
    const pieces = this.#pieces
    this.#pieces = []
    if (this.#at > this.#from) pieces.push(this.#take())
    const last = pieces.pop()!
    // One writev for all of them.
    this.#sink.cork()
    for (const piece of pieces) this.#sink.write(piece)
    this.#sink.write(last, this.#written)
    this.#sink.uncork()
  }

  #begin(): void {
    this.#writing = true
    this.#turn++
    if (this.#waiting.length === 0) return
    this.#told = this.#waiting
    this.#waiting = []
  }

  #reserve(length: number): void {
    // A part that is full goes out while it is in the processor's cache, and the other one is there to go on with.
    if (this.#at + length > this.#part.length) this.flush()
    if (this.#at + length > this.#part.length) {
      this.#seal()
      this.#turn++
      this.#part = Buffer.allocUnsafeSlow(partBytes)
      this.#from = this.#at = 0
    }
    if (this.#scheduled) return
    this.#scheduled = true
    // Behind everything that this turn's input sets off, also in promises: the check phase follows the poll phase.
    setImmediate(this.#flush)
  }

  #seal(): void {
    if (this.#at > this.#from) this.#pieces.push(this.#part.subarray(this.#from, this.#at))
    this.#from = this.#at
  }

  /** What is in the current part; from now on the other part is written to. */
  #take(): Buffer {
    const part = this.#part
    const bytes = part.subarray(this.#from, this.#at)
    this.#part = this.#spare ?? Buffer.allocUnsafeSlow(partBytes)
    this.#spare = part
    this.#from = this.#at = 0
    return bytes
  }

  #header(length: number, type: number, flags: number, aux: number, stream: number): void {
    const part = this.#part
    const at = this.#at
    this.#last = at
    part[at] = length
    part[at + 1] = length >>> 8
    part[at + 2] = length >>> 16
    part[at + 3] = length >>> 24
    part[at + 4] = type
    part[at + 5] = flags
    part[at + 6] = aux
    part[at + 7] = aux >>> 8
    part[at + 8] = stream
    part[at + 9] = stream >>> 8
    part[at + 10] = stream >>> 16
    part[at + 11] = stream >>> 24
    this.#at = at + frameHeaderBytes
  }

  #u32(value: number): void {
    const part = this.#part
    const at = this.#at
    part[at] = value
    part[at + 1] = value >>> 8
    part[at + 2] = value >>> 16
    part[at + 3] = value >>> 24
    this.#at = at + 4
  }
}
