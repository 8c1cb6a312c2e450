import type { Clock } from '../../core/sources.ts'

const firstPauseMs = 1_000
const longestPauseMs = 30_000

/**
 * Turns the growing count of requests that one balancer process refused into few notices: the first at once, then one a
 * second at most, and ever fewer while it goes on, so that a long overload does not push everything else out of the book.
 */
export class ShedWatch {
  readonly #clock: Clock
  #told = 0
  #toldAt = -Infinity
  #pauseMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param total refused since the process began, as in its latest report
   * @returns how many were refused since the last notice, where it is time for another
   */
  heard(total: number): number | undefined {
    const now = this.#clock.now()
    const passed = now - this.#toldAt
    const count = total - this.#told
    if (count <= 0 || passed < this.#pauseMs) return undefined
    this.#pauseMs = passed >= Math.max(this.#pauseMs, firstPauseMs) * 2 ? firstPauseMs : Math.min(longestPauseMs, this.#pauseMs * 2)
    this.#told = total
    this.#toldAt = now
    return count
  }
}
