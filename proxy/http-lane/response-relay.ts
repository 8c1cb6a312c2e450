import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Clock } from '../../core/sources.ts'
import { pairs } from './request-body.ts'

/** Who is told how a response ended. */
export interface RelayOwner {
  /** All of it has come from the loop and been handed to the client's connection. */
  relayed(): void
  /** The loop's end went away in the middle. */
  cutOff(): void
}

/**
 * Carries a response body to the client at the client's pace, with its trailers. The head must have been given to
 * `res.writeHead` before; it leaves with the first piece of the body, in one system call.
 */
export class ResponseRelay {
  /** Clock time of the last byte from the loop, or to the client where that is what is waited for. */
  movedAt: number
  /** What has come of it. */
  bytes = 0
  /** True while the client does not read. */
  stalled = false
  readonly #response: IncomingMessage
  readonly #res: ServerResponse
  readonly #clock: Clock
  readonly #owner: RelayOwner
  #ended = false

  constructor(response: IncomingMessage, res: ServerResponse, clock: Clock, owner: RelayOwner) {
    this.#response = response
    this.#res = res
    this.#clock = clock
    this.#owner = owner
    this.movedAt = clock.now()
    response.on('data', (chunk: Buffer) => this.#take(chunk))
    response.on('end', () => this.#finish(undefined))
    response.on('close', () => {
      if (!this.#ended) this.#owner.cutOff()
    })
    // Behind the tick in which a body that came with the head is read: an event stream's head must not wait for its first event.
    process.nextTick(() => {
      if (!this.#ended && !res.destroyed) res.flushHeaders()
    })
  }

  #take(chunk: Buffer): void {
    this.movedAt = this.#clock.now()
    this.bytes += chunk.length
    const response = this.#response
    if (response.complete && response.readableLength === 0) return this.#finish(chunk)
    if (this.#res.write(chunk)) return
    this.stalled = true
    response.pause()
    this.#res.once('drain', () => {
      this.stalled = false
      this.movedAt = this.#clock.now()
      response.resume()
    })
  }

  #finish(last: Buffer | undefined): void {
    if (this.#ended) return
    this.#ended = true
    // Only the client can be waited for now.
    this.stalled = true
    const { rawTrailers } = this.#response
    if (rawTrailers.length > 0) this.#res.addTrailers(pairs(rawTrailers))
    if (last === undefined) this.#res.end()
    else this.#res.end(last)
    this.#owner.relayed()
  }
}
