/** A hold as it looks from outside: a loop that has not run its timers. */
export interface SeenHold {
  /** The number of the route whose handler runs; where none is known to, those of all routes with open requests. */
  readonly routes: readonly number[]
  /** Milliseconds, so far. */
  readonly forMs: number
  /** The loop runs again. */
  readonly over: boolean
}

interface Board {
  readonly ticked: number
  readonly runs: number
  readonly open: readonly number[]
}

/** How often the board is to be looked at. Milliseconds. */
export const lookMs = 50
/** From here on a loop counts as held. */
const holdMs = 100
// While nobody waits for it, it matters less; and a machine that is busy otherwise lets idle processes wait so long.
const idleHoldMs = 1_000
const repeatMs = 500

/** Notices that a loop is held, tells it again while it lasts, and tells that it is over. */
export class HoldWatch {
  readonly #board: Board
  #ticked: number
  /** When the loop was last seen to run. */
  #ranAt: number
  #lookedAt: number
  #told: { readonly routes: readonly number[]; readonly at: number } | undefined

  constructor(board: Board, now: number) {
    this.#board = board
    this.#ticked = board.ticked
    this.#ranAt = this.#lookedAt = now
  }

  /** @returns what there is to tell, if anything */
  look(now: number): SeenHold | undefined {
    const lookedAt = this.#lookedAt
    this.#lookedAt = now
    const { ticked } = this.#board
    // The app is still being loaded, which may take its time.
    if (ticked === 0) this.#ranAt = now
    if (ticked !== this.#ticked) {
      this.#ticked = ticked
      const forMs = now - this.#ranAt
      this.#ranAt = now
      if (this.#told === undefined) return undefined
      const { routes } = this.#told
      this.#told = undefined
      return { routes, forMs, over: true }
    }
    // This thread did not run either: the whole process was stopped, or the machine was.
    if (now - lookedAt > lookMs * 5 && this.#told === undefined) this.#ranAt = now
    const forMs = now - this.#ranAt
    if (forMs < holdMs || (this.#told !== undefined && now - this.#told.at < repeatMs)) return undefined
    const { runs, open } = this.#board
    const routes = runs === 0 ? open : [runs]
    if (routes.length === 0 && forMs < idleHoldMs) return undefined
    this.#told = { routes, at: now }
    return { routes, forMs, over: false }
  }
}
