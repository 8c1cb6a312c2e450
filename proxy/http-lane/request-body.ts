import type { ClientRequest, IncomingMessage } from 'node:http'

import { mayTrail } from '../trailer-names.ts'

/** What became of a body that broke a limit. */
export type BodyFault = 'BODY_TOO_LARGE'

interface BodyLimits {
  /** 0 sets none. */
  readonly maxBytes: number
  /** How much is kept for a repeat. */
  readonly replayBytes: number
}

/**
 * Carries a request body from the client to the upstream request at the pace of the slower one. What has been sent is
 * kept, up to a limit and until the loop has begun the request, so that another loop can be given all of it.
 */
export class RequestBody {
  /** True when the client has sent all of it. */
  complete = false
  /** What has come of it. */
  bytes = 0
  /** Clock time of the last byte from the client. */
  lastByteAt: number
  readonly #req: IncomingMessage
  readonly #limits: BodyLimits
  readonly #onFault: (fault: BodyFault) => void
  readonly #now: () => number
  #sink: ClientRequest | undefined
  #kept: Buffer[] | undefined = []
  #keptBytes = 0
  #reading = false
  #discarded = false

  constructor(req: IncomingMessage, limits: BodyLimits, now: () => number, onFault: (fault: BodyFault) => void) {
    this.#req = req
    this.#limits = limits
    this.#now = now
    this.#onFault = onFault
    this.lastByteAt = now()
  }

  /** Whether every byte so far is still there to be sent again. */
  get replayable(): boolean {
    return this.#kept !== undefined
  }

  /** True while the client is expected to send: not complete, and not held back by us. */
  get awaited(): boolean {
    return this.#reading && !this.complete && !this.#req.isPaused()
  }

  /** Sends the body into `sink`: what is kept first, then what comes. */
  attach(sink: ClientRequest): void {
    this.#sink = sink
    let room = true
    if (this.#kept !== undefined) for (const chunk of this.#kept) room = sink.write(chunk)
    if (this.complete) return this.#finish(sink)
    if (!this.#reading) this.#read()
    if (room) this.#req.resume()
    else this.#hold(sink)
  }

  /** The upstream request has failed or ended: nothing more goes there, and the client waits. */
  detach(): void {
    this.#sink = undefined
    if (this.#reading && !this.complete) this.#req.pause()
  }

  /** No repeat will be needed: the loop has begun the request. */
  release(): void {
    this.#kept = undefined
  }

  /** Reads and drops the rest, so that the connection can serve its next request. */
  discard(): void {
    this.#discarded = true
    this.release()
    this.#sink = undefined
    this.#req.resume()
  }

  #read(): void {
    this.#reading = true
    this.#req.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#req.on('end', () => {
      this.complete = true
      if (this.#sink !== undefined) this.#finish(this.#sink)
    })
  }

  #take(chunk: Buffer): void {
    if (this.#discarded) return
    this.lastByteAt = this.#now()
    this.bytes += chunk.length
    if (this.#limits.maxBytes > 0 && this.bytes > this.#limits.maxBytes) return this.#onFault('BODY_TOO_LARGE')
    this.#keep(chunk)
    const sink = this.#sink
    if (sink !== undefined && !sink.write(chunk)) this.#hold(sink)
  }

  #keep(chunk: Buffer): void {
    if (this.#kept === undefined) return
    this.#keptBytes += chunk.length
    if (this.#keptBytes > this.#limits.replayBytes) this.#kept = undefined
    else this.#kept.push(chunk)
  }

  #hold(sink: ClientRequest): void {
    this.#req.pause()
    sink.once('drain', () => {
      if (this.#sink === sink) this.#req.resume()
    })
  }

  #finish(sink: ClientRequest): void {
    const { rawTrailers } = this.#req
    // Trailers are only possible behind a chunked body (RFC 9110 6.5.1), which is framed the same way upstream.
    if (rawTrailers.length > 0 && sink.chunkedEncoding) sink.addTrailers(pairs(rawTrailers).filter(([name]) => mayTrail(name)))
    sink.end()
  }
}

/** `[name, value, name, value]` as `[[name, value], …]`, the form that keeps repeated names. */
export function pairs(raw: readonly string[]): Array<[string, string]> {
  const result: Array<[string, string]> = []
  for (let i = 0; i + 1 < raw.length; i += 2) result.push([raw[i]!, raw[i + 1]!])
  return result
}
