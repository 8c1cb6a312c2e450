import { initialWindow } from '../../link/frame.ts'
import type { UpstreamLink } from './upstream-link.ts'

/**
 * The body of one request: how much of it the loop takes now, and what has been read of it as far as it may have to be sent
 * again, up to a limit and until the loop has begun the request.
 */
export class RequestBody {
  /** The client has sent all of it. */
  complete = false
  /** True while the client is expected to send, and is not held back by us. */
  awaited = true
  /** Clock time of the last byte from the client. */
  lastByteAt: number
  #kept: Buffer[] | undefined = []
  #trailers: Buffer | undefined = undefined
  /** Bytes that may still be kept. */
  #left: number
  /** Bytes that the loop still takes. */
  #room = 0
  /** A loop has the request. */
  #begun = false
  /** It is being sent to another loop: more of it is taken from the client when that is done. */
  #replaying = false
  #replayed = 0
  // Until the loop has begun the request, no more of its body is sent than can be sent again to another.
  readonly #firstRoom: number

  /** @param limit how many bytes are kept at most */
  constructor(limit: number, now: number) {
    this.#left = limit
    this.#firstRoom = Math.min(initialWindow, limit)
    this.lastByteAt = now
  }

  /** Whether every byte so far is still there to be sent again. */
  get replayable(): boolean {
    return this.#kept !== undefined
  }

  get replaying(): boolean {
    return this.#replaying
  }

  /** The loop that has the request was sent all of it. */
  get sent(): boolean {
    return this.complete && !this.#replaying
  }

  /** How many further bytes of the client's can be sent now. */
  get room(): number {
    return this.#replaying ? 0 : this.#room
  }

  /** The loop takes so little now that the client's next read would mostly have to be kept: better not to read it yet. */
  get shouldWait(): boolean {
    return this.#begun && this.room < worthReading
  }

  /**
   * A loop is given the request.
   * @param again another was given it before: what is kept goes first, by `replay`
   */
  begin(again: boolean): void {
    this.#room = this.#firstRoom
    this.#begun = true
    this.#replaying = again
    this.#replayed = 0
  }

  /** The loop is lost. */
  stop(): void {
    this.#room = 0
    this.#begun = false
    this.#replaying = false
  }

  credited(amount: number): void {
    this.#room += amount
  }

  /** The loop has begun the request: it gets the whole window. */
  taken(): void {
    this.#room += initialWindow - this.#firstRoom
  }

  /** Takes note of a part that came from the client, not longer than `room`; copied. */
  keep(bytes: Buffer, start: number, end: number, last: boolean, now: number): void {
    this.lastByteAt = now
    this.complete = last
    this.#room -= end - start
    if (this.#kept === undefined || start === end) return
    this.#left -= end - start
    if (this.#left < 0) this.#kept = undefined
    else this.#kept.push(Buffer.from(bytes.subarray(start, end)))
  }

  /** The body ends with these, encoded. */
  keepTrailers(trailers: Buffer, now: number): void {
    this.#trailers = trailers
    this.complete = true
    this.lastByteAt = now
  }

  /** It will not be sent again. */
  release(): void {
    this.#kept = undefined
  }

  /** Sends again as much of what is kept as the loop takes; true once that is all, with its end if the client has sent it. */
  replay(link: Pick<UpstreamLink, 'body' | 'trailers'>, stream: number): boolean {
    let end = 0
    for (const piece of this.#kept ?? none) {
      const start = end
      end += piece.length
      if (this.#replayed >= end) continue
      if (this.#room === 0) return false
      const from = this.#replayed - start
      const length = Math.min(piece.length - from, this.#room)
      link.body(stream, piece, from, from + length, false)
      this.#room -= length
      this.#replayed += length
    }
    if (this.#replayed < end) return false
    this.#replaying = false
    if (this.complete) {
      if (this.#trailers === undefined) link.body(stream, empty, 0, 0, true)
      else link.trailers(stream, this.#trailers)
    }
    return true
  }
}

// Half of a read. A loop gives credit in steps of half a window, which is more: waiting for it cannot last for ever.
const worthReading = 32 * 1024

const none: readonly Buffer[] = []
const empty = Buffer.alloc(0)
