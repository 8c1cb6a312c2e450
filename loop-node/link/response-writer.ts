import { dataFlag, frameType, initialWindow } from '../../link/frame.ts'
import type { Outbox } from '../../link/outbox.ts'
import { joinSmall } from './join-small.ts'
import { isInterim, statusOf } from './response-start.ts'

/** What a stream hands over when it was corked. */
export interface Chunk {
  readonly chunk: Buffer | string
  readonly encoding: BufferEncoding
}

export type Done = (error?: Error | null) => void

interface ResponseOwner {
  /** Asked when the head is written: whether the client's connection ends with this response. */
  responseCloses(): boolean
  /** Calls back in the context of the request. */
  tell(done: Done): void
}

// Up to here a copy costs less than to wait until the bytes are sent; the app may change them once its write is done.
const copyBytes = 16 * 1024
const maxFrameBytes = 256 * 1024

/** Sends the bytes of one response, as frames and within the balancer's credit. */
export class ResponseWriter {
  readonly #outbox: Outbox
  readonly #stream: number
  readonly #owner: ResponseOwner
  #credit: number = initialWindow
  #begun = false
  // Of the next frame.
  #flags = 0
  #status = 0
  // Names the last frame, to mark it as the end.
  #turn = -1
  #at = 0
  // What waits for credit.
  #pieces: Buffer[] | undefined = undefined
  #done: Done | undefined = undefined
  bytesWritten = 0

  constructor(outbox: Outbox, stream: number, owner: ResponseOwner) {
    this.#outbox = outbox
    this.#stream = stream
    this.#owner = owner
  }

  /** Calls back when the bytes may be changed and more may be written. */
  write(chunk: Buffer | string, encoding: BufferEncoding, done: Done): void {
    if (chunk.length === 0) done()
    else if (typeof chunk !== 'string') this.#writeBytes(chunk, done)
    else if (chunk.length * 3 > this.#credit) this.#writeBytes(Buffer.from(chunk, encoding), done)
    else if (isUtf8(encoding)) this.#writeText(chunk, 'utf8', done)
    else if (isLatin1(encoding)) this.#writeText(chunk, 'latin1', done)
    else this.#writeBytes(Buffer.from(chunk, encoding), done)
  }

  writeAll(chunks: readonly Chunk[], done: Done): void {
    // res.end(text) writes the text behind its head, and then nothing.
    const first = chunks[0]!
    if (chunks.length === 2 && chunks[1]!.chunk.length === 0) return this.write(first.chunk, first.encoding, done)
    let at = 0
    // Interim responses are frames of their own.
    while (!this.#begun && at < chunks.length && isInterim(statusOf(chunks[at]!.chunk))) {
      this.write(chunks[at]!.chunk, chunks[at]!.encoding, nothing)
      at++
    }
    const pieces = joinSmall(chunks.slice(at).map(toBytes), copyBytes)
    if (pieces.length === 0) done()
    else if (pieces.length === 1) this.#writeBytes(pieces[0]!, done)
    else this.#writePieces(pieces, done)
  }

  addCredit(bytes: number): void {
    this.#credit += bytes
    if (this.#pieces !== undefined) this.#push()
  }

  /** Says the last word: in the last frame, if that has not been sent yet. Most responses are one frame. */
  end(close: boolean): void {
    const flags = close ? dataFlag.end | dataFlag.close : dataFlag.end
    if (!this.#outbox.amend(this.#turn, this.#at, flags)) this.#outbox.frame(frameType.data, flags, 0, this.#stream)
  }

  /** Forgets what waits; whoever wrote it is told. */
  drop(error: Error | null): void {
    const done = this.#done
    this.#pieces = this.#done = undefined
    done?.(error ?? new Error('the connection was closed'))
  }

  #writeText(text: string, encoding: 'latin1' | 'utf8', done: Done): void {
    if (!this.#begun) this.#begin(text)
    this.#note(this.#outbox.text(frameType.data, this.#flags, this.#status, this.#stream, text, encoding))
    done()
  }

  #writeBytes(bytes: Buffer, done: Done): void {
    if (bytes.length > copyBytes || bytes.length > this.#credit) return this.#writePieces([bytes], done)
    if (!this.#begun) this.#begin(bytes)
    this.#outbox.bytes(frameType.data, this.#flags, this.#status, this.#stream, bytes, 0, bytes.length)
    this.#note(bytes.length)
    done()
  }

  #writePieces(pieces: Buffer[], done: Done): void {
    if (!this.#begun) this.#begin(pieces[0]!)
    this.#pieces = pieces
    this.#done = done
    this.#push()
  }

  /** Sends as much of what waits as the balancer takes. */
  #push(): void {
    const pieces = this.#pieces!
    while (pieces.length > 0 && this.#credit > 0) {
      const piece = pieces[0]!
      const length = Math.min(piece.length, this.#credit, maxFrameBytes)
      this.#outbox.reference(frameType.data, this.#flags, this.#status, this.#stream, piece.subarray(0, length))
      this.#note(length)
      if (length < piece.length) pieces[0] = piece.subarray(length)
      else pieces.shift()
    }
    if (pieces.length > 0) return
    const done = this.#done!
    this.#pieces = this.#done = undefined
    this.#outbox.whenSent(() => this.#owner.tell(done))
  }

  /** A frame was written, of so many bytes. */
  #note(length: number): void {
    // An interim response is not what ends.
    this.#turn = this.#begun ? this.#outbox.turn : -1
    this.#at = this.#outbox.last
    this.#flags = this.#status = 0
    this.#credit -= length
    this.bytesWritten += length
  }

  /** Says with the next frame what begins in it. */
  #begin(first: string | Buffer): void {
    this.#status = statusOf(first)
    if (isInterim(this.#status)) {
      this.#flags = dataFlag.interim
      return
    }
    this.#begun = true
    this.#flags = this.#owner.responseCloses() ? dataFlag.head | dataFlag.close : dataFlag.head
  }
}

const nothing = (): void => undefined

const isUtf8 = (encoding: string): boolean => encoding === 'utf8' || encoding === 'utf-8'
const isLatin1 = (encoding: string): boolean => encoding === 'latin1' || encoding === 'binary' || encoding === 'ascii'

const toBytes = ({ chunk, encoding }: Chunk): Buffer => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk)
