import { dataFlag, frameHeaderBytes, frameType, maxPayloadBytes, ProtocolError } from './frame.ts'

/** Who is told of frames. The bytes are the reader's input: valid during the call only. */
export interface FrameSink {
  /** A whole frame that is not DATA. */
  frame(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void
  /**
   * DATA, or a part of one: the payload of a long frame is passed on as it arrives. `head` and `aux` come with the first part
   * only, `end` with the last.
   */
  data(stream: number, flags: number, aux: number, bytes: Buffer, start: number, end: number): void
}

// By type: 1 where it belongs to a stream, 2 where it does not, 0 where there is no such type.
const belongs = new Uint8Array(256)
for (const type of [frameType.request, frameType.data, frameType.trailers, frameType.reset, frameType.window]) belongs[type] = 1
for (const type of [frameType.hello, frameType.auth, frameType.accept, frameType.refuse]) belongs[type] = 2
for (const type of [frameType.taken, frameType.beat, frameType.state, frameType.claim]) belongs[type] = 2

/** Takes the frames out of a stream of bytes, however they are split. */
export class FrameReader {
  readonly #sink: FrameSink
  // The beginning of a frame that is not there as a whole; DATA is never kept, but for its header.
  #kept: Buffer | undefined
  #keptBytes = 0
  #needed = 0
  // What is left of a DATA frame whose beginning has been passed on.
  #dataLeft = 0
  #dataStream = 0
  #dataFlags = 0
  #stopped = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** To be called by the sink: what comes behind this frame is not for this reader. */
  stop(): void {
    this.#stopped = true
  }

  /**
   * Returns the index of the first byte not consumed: `end`, unless stopped.
   * @throws ProtocolError for what cannot be a frame; whatever comes behind it means nothing
   */
  read(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && !this.#stopped) {
      if (this.#dataLeft > 0) at = this.#continueData(bytes, at, end)
      else if (this.#kept !== undefined) at = this.#complete(bytes, at, end)
      else if (end - at < frameHeaderBytes) at = this.#keep(bytes, at, end, frameHeaderBytes)
      else at = this.#next(bytes, at, end)
    }
    return at
  }

  #next(bytes: Buffer, at: number, end: number): number {
    const length = readU32(bytes, at)
    const type = bytes[at + 4]!
    const flags = bytes[at + 5]!
    const aux = bytes[at + 6]! | (bytes[at + 7]! << 8)
    const stream = readU32(bytes, at + 8)
    check(length, type, stream)
    const from = at + frameHeaderBytes
    const to = from + length
    if (to <= end) {
      if (type === frameType.data) this.#sink.data(stream, flags, aux, bytes, from, to)
      else this.#sink.frame(type, flags, aux, stream, bytes, from, to)
      return to
    }
    if (type !== frameType.data) return this.#keep(bytes, at, end, frameHeaderBytes + length)
    this.#dataLeft = to - end
    this.#dataStream = stream
    this.#dataFlags = flags & ~dataFlag.head
    // An empty piece would say nothing, unless it says that a response begins.
    if (from < end || (flags & (dataFlag.head | dataFlag.interim)) !== 0)
      this.#sink.data(stream, flags & ~dataFlag.end, aux, bytes, from, end)
    return end
  }

  #continueData(bytes: Buffer, at: number, end: number): number {
    const to = Math.min(end, at + this.#dataLeft)
    this.#dataLeft -= to - at
    const flags = this.#dataLeft === 0 ? this.#dataFlags : this.#dataFlags & ~dataFlag.end
    this.#sink.data(this.#dataStream, flags, 0, bytes, at, to)
    return to
  }

  #keep(bytes: Buffer, at: number, end: number, needed: number): number {
    this.#kept = Buffer.allocUnsafe(needed)
    this.#keptBytes = bytes.copy(this.#kept, 0, at, end)
    this.#needed = needed
    return end
  }

  #complete(bytes: Buffer, at: number, end: number): number {
    const kept = this.#kept!
    const to = Math.min(end, at + this.#needed - this.#keptBytes)
    this.#keptBytes += bytes.copy(kept, this.#keptBytes, at, to)
    if (this.#keptBytes < this.#needed) return to
    this.#kept = undefined
    // A header is whole now, and its payload may still be missing: then the rest is kept as for any other frame.
    if (this.#needed === frameHeaderBytes) this.#begin(kept)
    else this.#next(kept, 0, kept.length)
    return to
  }

  #begin(header: Buffer): void {
    const length = readU32(header, 0)
    const type = header[4]!
    check(length, type, readU32(header, 8))
    if (length === 0 || type === frameType.data) return void this.#next(header, 0, header.length)
    this.#keep(header, 0, header.length, frameHeaderBytes + length)
  }
}

function check(length: number, type: number, stream: number): void {
  if (length > maxPayloadBytes) throw new ProtocolError(`a frame of type ${type} announces ${length} bytes; ${maxPayloadBytes} are allowed`)
  const kind = belongs[type]!
  if (kind === 0) throw new ProtocolError(`there is no frame of type ${type}`)
  if ((kind === 1) !== stream > 0) throw new ProtocolError(`a frame of type ${type} names stream ${stream}`)
}

const readU32 = (bytes: Buffer, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
