import type { RouteCounts } from '../../core/route-counts.ts'
import { type Beat, beatBytes, busyBeatMs, encodeRoutes, idleBeatMs, writeBeat } from '../../link/beat.ts'
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
  readonly #newRoutes: () => readonly RouteCounts[]
  readonly #busy: () => boolean
  readonly #slow: NodeJS.Timeout
  readonly #fast: NodeJS.Timeout
  #armed = true

  /**
   * @param vitals as they are at each beat
   * @param newRoutes what the slow beats carry of the app's routes: those that have changed since it was last asked
   */
  constructor(outbox: Outbox, vitals: Beat, newRoutes: () => readonly RouteCounts[], busy: () => boolean) {
    this.#outbox = outbox
    this.#vitals = vitals
    this.#newRoutes = newRoutes
    this.#busy = busy
    this.#slow = setInterval(() => this.#beat(true), idleBeatMs).unref()
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
    this.#beat(false)
    this.#fast.refresh()
  }

  #beat(withRoutes: boolean): void {
    // To a balancer that does not read, beats would pile up; else what waits here tells as much.
    if (!this.#outbox.sent) return
    const routes = withRoutes ? this.#newRoutes() : []
    const more = routes.length === 0 ? undefined : encodeRoutes(routes)
    const payload = Buffer.allocUnsafe(beatBytes + (more?.length ?? 0))
    writeBeat(payload, this.#vitals)
    more?.copy(payload, beatBytes)
    this.#outbox.bytes(frameType.beat, 0, 0, 0, payload, 0, payload.length)
  }
}
