import { frameHeaderBytes, protocolVersion } from './frame.ts'

/**
 * What both ends say before the link is open. Preface and greetings are the same in all versions; the version is that
 * of the frames behind them.
 */

const magic = Buffer.from('\0evenlk', 'latin1')

/** The first bytes of either end. The first of them is none that HTTP or TLS can begin with. */
export const preface: Buffer = Buffer.concat([magic, Buffer.of(protocolVersion)])

/** A stranger must not make us keep more than this. */
export const maxGreetingBytes = 4_096

/** Both ends have so long to agree. Milliseconds. */
export const handshakeMs = 5_000

export type Fields = Readonly<Record<string, unknown>>

/** A frame of a handshake: its payload is JSON, or empty. */
export function greeting(type: number, fields?: Fields): Buffer {
  const payload = fields === undefined ? '' : JSON.stringify(fields)
  const bytes = Buffer.alloc(frameHeaderBytes + Buffer.byteLength(payload))
  bytes.writeUInt32LE(bytes.length - frameHeaderBytes, 0)
  bytes[4] = type
  bytes.write(payload, frameHeaderBytes)
  return bytes
}

interface GreetingSink {
  preface(version: number): void
  greeting(type: number, fields: Fields): void
  /** What came is no handshake; nothing is read behind it. `begin` is how it begins, in latin1. */
  stranger(begin: string): void
}

/** Takes preface and greetings out of a stream of bytes, however they are split. */
export class GreetingReader {
  readonly #sink: GreetingSink
  readonly #bytes = Buffer.allocUnsafe(frameHeaderBytes + maxGreetingBytes)
  #length = 0
  #needed = preface.length
  #inPreface = true
  #stopped = false

  constructor(sink: GreetingSink) {
    this.#sink = sink
  }

  /** To be called by the sink: what comes behind this is not for this reader. */
  stop(): void {
    this.#stopped = true
  }

  /** Returns the index of the first byte not consumed. */
  read(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && !this.#stopped) {
      const to = Math.min(end, at + this.#needed - this.#length)
      this.#length += bytes.copy(this.#bytes, this.#length, at, to)
      at = to
      if (this.#inPreface) this.#readPreface()
      else if (this.#length === this.#needed) this.#readFrame()
    }
    return at
  }

  #readPreface(): void {
    const common = Math.min(this.#length, magic.length)
    // At the first wrong byte, not after eight: a stranger may wait for us to speak.
    if (this.#bytes.compare(magic, 0, common, 0, common) !== 0) return this.#strange()
    if (this.#length < this.#needed) return
    const version = this.#bytes[magic.length]!
    this.#inPreface = false
    this.#length = 0
    this.#needed = frameHeaderBytes
    this.#sink.preface(version)
  }

  #readFrame(): void {
    const bytes = this.#bytes
    const size = bytes.readUInt32LE(0)
    if (size > maxGreetingBytes || bytes.readUInt32LE(8) !== 0) return this.#strange()
    if (this.#length < frameHeaderBytes + size) {
      this.#needed = frameHeaderBytes + size
      return
    }
    const fields = parse(bytes.toString('utf8', frameHeaderBytes, this.#length))
    if (fields === undefined) return this.#strange()
    this.#length = 0
    this.#needed = frameHeaderBytes
    this.#sink.greeting(bytes[4]!, fields)
  }

  #strange(): void {
    this.#stopped = true
    this.#sink.stranger(this.#bytes.toString('latin1', 0, this.#length))
  }
}

function parse(text: string): Fields | undefined {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined
  } catch {
    return undefined
  }
}
