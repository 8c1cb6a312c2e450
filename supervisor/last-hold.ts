import type { Clock } from '../core/sources.ts'
import type { LongHold, LoopStatus } from '../core/status.ts'

// Most holds are over before anyone looks: they are told for so long.
const toldMs = 5_000
// A shorter one takes the place of a longer one after this: what happens now is worth more.
const staleMs = 2_000

/** The hold of one loop that is worth telling when it is over: the longest of the last seconds. */
export class LastHold {
  readonly #clock: Clock
  #hold: LongHold | undefined
  #at = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(hold: LongHold): void {
    const now = this.#clock.now()
    if (this.#hold !== undefined && this.#hold.forMs > hold.forMs && now - this.#at < staleMs) return
    this.#hold = hold
    this.#at = now
  }

  get shown(): LoopStatus['lastHold'] {
    const agoMs = Math.round(this.#clock.now() - this.#at)
    return this.#hold === undefined || agoMs > toldMs ? undefined : { ...this.#hold, agoMs }
  }
}
