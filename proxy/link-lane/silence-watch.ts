import type { Clock } from '../../core/sources.ts'
import { busyBeatMs } from '../../link/beat.ts'
import type { Endpoint } from '../endpoint.ts'
import type { EndpointSet } from '../endpoint-set.ts'

/**
 * Notices loops that hold requests and have not been heard of for three beats: blocked ones, which cannot say so
 * themselves. Looks only while any loop holds a request.
 */
export class SilenceWatch {
  readonly #endpoints: EndpointSet
  readonly #clock: Clock
  readonly #onFlip: (endpoint: Endpoint) => void
  readonly #check: () => void
  #timer: NodeJS.Timeout | undefined

  /** @param onFlip its `blocked` has changed */
  constructor(endpoints: EndpointSet, clock: Clock, onFlip: (endpoint: Endpoint) => void) {
    this.#endpoints = endpoints
    this.#clock = clock
    this.#onFlip = onFlip
    this.#check = () => this.look()
  }

  /** A loop has been given a request. */
  begin(): void {
    // Timers run before input is read: the beat that has come while this process was busy itself must be read first.
    this.#timer ??= setInterval(() => setImmediate(this.#check), busyBeatMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  look(): void {
    const now = this.#clock.now()
    let busy = false
    for (const endpoint of this.#endpoints.all) {
      const silent = endpoint.link?.isSilent(now) ?? false
      if (endpoint.link !== undefined && endpoint.link.streams > 0) busy = true
      if (silent === endpoint.blocked) continue
      endpoint.blocked = silent
      this.#onFlip(endpoint)
    }
    if (!busy) this.stop()
  }
}
