import type { Clock } from '../../core/sources.ts'
import { busyBeatMs } from '../../link/beat.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import type { EndpointSet } from '../balancing/endpoint-set.ts'

/**
 * Notices loops that hold requests and have not been heard of for three beats: blocked ones, which cannot say so
 * themselves. Looks only while any loop holds a request.
 */
export class SilenceWatch {
  readonly #endpoints: EndpointSet
  readonly #clock: Clock
  readonly #onFlip: (endpoint: Endpoint) => void
  readonly #check: () => void
  readonly #flipped: Endpoint[] = []
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
      endpoint.silentSince = silent ? now : Number.POSITIVE_INFINITY
      this.#flipped.push(endpoint)
    }
    this.#tell()
    if (!busy) this.stop()
  }

  /** When all that have fallen silent are known as such: what is moved from one must not go to the next. */
  #tell(): void {
    if (this.#flipped.length === 0) return
    const flipped = this.#flipped.splice(0)
    this.#endpoints.reopen()
    let heard = false
    for (const endpoint of flipped) {
      this.#onFlip(endpoint)
      if (endpoint.blocked) endpoint.link?.silence()
      else heard = true
    }
    // Where nobody was heard of, requests were given to silent ones, or had to stay there: now there is somewhere else to go.
    if (heard) for (const endpoint of this.#endpoints.all) if (endpoint.blocked) endpoint.link?.silence()
  }
}
