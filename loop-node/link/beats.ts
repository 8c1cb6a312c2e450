import { type Beat, beatBytes, busyBeatMs, idleBeatMs, writeBeat } from '../../link/beat.ts'
import { frameType } from '../../link/frame.ts'
import type { Outbox } from '../../link/outbox.ts'

/**
 * Says that the loop lives: often while it holds a request, rarely else. A loop that is blocked does not beat at all. The
 * fast timer runs only while there is something to hold: sixty-four loops on a few cores would otherwise spend more on
 * waking up than on requests.
 */
export class Beats {
  readonly #outbox: Outbox
  readonly #vitals: Beat
  readonly #busy: () => boolean
  readonly #slow: NodeJS.Timeout
  readonly #fast: NodeJS.Timeout
  #armed = true

  /** @param vitals as they are at each beat */
  constructor(outbox: Outbox, vitals: Beat, busy: () => boolean) {
    this.#outbox = outbox
    this.#vitals = vitals
    this.#busy = busy
    this.#slow = setInterval(() => this.#beat(), idleBeatMs).unref()
    this.#fast = setTimeout(() => this.#tick(), busyBeatMs).unref()
  }

  /** A request has come. */
  wake(): void {
    if (this.#armed) return
    this.#armed = true
    this.#fast.refresh()
  }

  stop(): void {
    clearInterval(this.#slow)
    clearTimeout(this.#fast)
    this.#armed = true
  }

  #tick(): void {
    this.#armed = this.#busy()
    if (!this.#armed) return
    this.#beat()
    this.#fast.refresh()
  }

  #beat(): void {
    // To a balancer that does not read, beats would pile up; else what waits here tells as much.
    if (!this.#outbox.sent) return
    const payload = Buffer.allocUnsafe(beatBytes)
    writeBeat(payload, this.#vitals)
    this.#outbox.bytes(frameType.beat, 0, 0, 0, payload, 0, beatBytes)
  }
}
