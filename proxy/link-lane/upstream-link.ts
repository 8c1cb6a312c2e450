import type { RouteCounts } from '../../core/route-counts.ts'
import type { Clock } from '../../core/sources.ts'
import { type Beat, beatBytes, busyBeatMs, readBeat, readRoutes, silenceMs } from '../../link/beat.ts'
import { beatFlag, dataFlag, frameType, ProtocolError, requestFlag } from '../../link/frame.ts'
import { FrameReader, type FrameSink } from '../../link/frame-reader.ts'
import { Outbox, type Sink } from '../../link/outbox.ts'
import type { EncodedHead } from './request-writer.ts'

/** Whose request a stream carries: an exchange. Bytes are valid during the call. */
export interface StreamOwner {
  /** A part of the response; `flags` and `aux` as in DATA. */
  data(flags: number, aux: number, bytes: Buffer, start: number, end: number): void
  /** The loop takes so many further bytes of the body. */
  credited(amount: number): void
  /** The loop is about to run the app on it. */
  taken(): void
  /** The loop has given the stream up. */
  gaveUp(reason: number): void
  /** The loop is blocked: it has not been heard of for three beats. */
  silenced(): void
  /** The link is gone, and with it everything that was on it. */
  lost(): void
}

interface LinkParts {
  readonly clock: Clock
  /** The loop says whether it wishes to serve: one of loopState. */
  readonly onState: (state: number) => void
  /** @param claimedByOthers another balancer keeps the loop for blocking routes */
  readonly onBeat: (beat: Beat, claimedByOthers: boolean, lateMs: number) => void
  /** How long requests have held the loop, of routes that had new ones. */
  readonly onRoutes: (routes: readonly RouteCounts[]) => void
  /** A stream has been opened on a link that had none: somebody must listen for silence now. */
  readonly onBusy: (link: UpstreamLink) => void
}

// A beat and the way here.
const lateMs = busyBeatMs + 1

// What is known of a stream: who has said his last word.
const open = 1
const weEnded = 2
const loopEnded = 4

/**
 * The balancer's end of one link: gives each request a stream, and each frame to the stream's owner. A number is used
 * again when both ends have said their last word on it.
 */
export class UpstreamLink implements FrameSink {
  readonly #parts: LinkParts
  readonly #reader = new FrameReader(this)
  readonly #outbox: Outbox
  // By number; 0 is no stream. Arrays, not a Map: the numbers are small and used again and again.
  readonly #owners: (StreamOwner | undefined)[] = [undefined]
  readonly #states: number[] = [0]
  readonly #free: number[] = []
  #streams = 0
  #heardAt: number
  #busySince = 0
  #lost = false
  #claims = false

  constructor(sink: Sink, parts: LinkParts) {
    this.#outbox = new Outbox(sink)
    this.#parts = parts
    this.#heardAt = parts.clock.now()
  }

  /** Streams on which an end has not said its last word. */
  get streams(): number {
    return this.#streams
  }

  /** Whether the loop holds requests and has not been heard of for three beats. */
  isSilent(now: number): boolean {
    return this.#streams > 0 && now - Math.max(this.#heardAt, this.#busySince) > silenceMs
  }

  /** Whether the loop should have beaten by now: it may be about to fall silent. */
  isLate(now: number): boolean {
    return this.#streams > 0 && now - Math.max(this.#heardAt, this.#busySince) > lateMs
  }

  /** Tells everyone who waits for the loop that it is blocked. */
  silence(): void {
    // A copy: who leaves makes room for others.
    for (const owner of this.#owners.slice()) owner?.silenced()
  }

  /** @throws ProtocolError for bytes that are not the protocol */
  read(bytes: Buffer, start: number, end: number): void {
    this.#heardAt = this.#parts.clock.now()
    this.#reader.read(bytes, start, end)
  }

  /** Opens a stream for a request; returns its number. */
  request(owner: StreamOwner, flags: number, head: EncodedHead): number {
    const stream = this.#free.pop() ?? this.#owners.length
    this.#owners[stream] = owner
    this.#states[stream] = (flags & requestFlag.end) === 0 ? open : open | weEnded
    if (this.#streams++ === 0) {
      this.#busySince = this.#parts.clock.now()
      this.#parts.onBusy(this)
    }
    this.#outbox.bytes(frameType.request, flags, head.fields, stream, head.bytes, 0, head.length)
    return stream
  }

  /** A part of the request's body; copied. */
  body(stream: number, bytes: Buffer, start: number, end: number, last: boolean): void {
    this.#outbox.bytes(frameType.data, last ? dataFlag.end : 0, 0, stream, bytes, start, end)
    if (last) this.#end(stream, weEnded)
  }

  /** The end of a body with trailers, encoded as link/trailers.ts does. */
  trailers(stream: number, encoded: Buffer): void {
    this.#outbox.bytes(frameType.trailers, 0, 0, stream, encoded, 0, encoded.length)
    this.#end(stream, weEnded)
  }

  /** Lets the loop send so many further bytes. */
  credit(stream: number, amount: number): void {
    this.#outbox.number(frameType.window, 0, 0, stream, amount)
  }

  /** Gives a stream up: its owner hears nothing of it any more. */
  cancel(stream: number, reason: number): void {
    if (this.#lost) return
    this.#owners[stream] = undefined
    this.#outbox.frame(frameType.reset, 0, reason, stream)
    this.#end(stream, weEnded)
  }

  /** Tells the loop whether this balancer keeps it for blocking routes; a new link begins without. Nothing is sent where that is so already. */
  claim(on: boolean): void {
    if (on === this.#claims) return
    this.#claims = on
    this.#outbox.frame(frameType.claim, 0, on ? 1 : 0, 0)
  }

  /** The connection has gone. */
  lose(): void {
    if (this.#lost) return
    this.#lost = true
    for (const owner of this.#owners.splice(0)) owner?.lost()
  }

  data(stream: number, flags: number, aux: number, bytes: Buffer, start: number, end: number): void {
    this.#mustBeOpen(stream)
    const owner = this.#owners[stream]
    if ((flags & dataFlag.end) !== 0) this.#end(stream, loopEnded)
    owner?.data(flags, aux, bytes, start, end)
  }

  frame(type: number, flags: number, aux: number, stream: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case frameType.window:
        if (end - start < 4) throw new ProtocolError('a window without its number')
        return this.#owners[stream]?.credited(bytes.readUInt32LE(start))
      case frameType.taken:
        for (let at = start; at + 4 <= end; at += 4) this.#owners[bytes.readUInt32LE(at)]?.taken()
        return
      case frameType.reset:
        return this.#gaveUp(stream, aux)
      case frameType.beat:
        this.#parts.onBeat(readBeat(bytes, start, end), (flags & beatFlag.claimed) !== 0, aux)
        if (end - start > beatBytes) this.#parts.onRoutes(readRoutes(bytes, start, end))
        return
      case frameType.state:
        return this.#parts.onState(aux)
      default:
        throw new ProtocolError(`a loop does not send frames of type ${type}`)
    }
  }

  #gaveUp(stream: number, reason: number): void {
    this.#mustBeOpen(stream)
    const owner = this.#owners[stream]
    this.#owners[stream] = undefined
    if ((this.#states[stream]! & weEnded) === 0) {
      this.#outbox.frame(frameType.reset, 0, reason, stream)
      this.#end(stream, weEnded)
    }
    this.#end(stream, loopEnded)
    owner?.gaveUp(reason)
  }

  #mustBeOpen(stream: number): void {
    const state = this.#states[stream]
    if (state === undefined || state === 0 || (state & loopEnded) !== 0) {
      throw new ProtocolError(`the loop speaks on stream ${stream}, which it has ended or never had`)
    }
  }

  #end(stream: number, who: number): void {
    const state = this.#states[stream]! | who
    if (state !== (open | weEnded | loopEnded)) {
      this.#states[stream] = state
      return
    }
    this.#states[stream] = 0
    this.#owners[stream] = undefined
    this.#free.push(stream)
    this.#streams--
  }
}
