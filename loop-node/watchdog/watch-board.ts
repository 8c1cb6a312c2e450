import type { Hold } from '../../core/messages.ts'
import { systemClock } from '../../core/sources.ts'
import type { RouteName } from '../../core/status.ts'
import type { LoopBoard } from './board.ts'
import { HoldWatch, lookMs } from './hold-watch.ts'

/** A route, and the number it goes by on the board. */
export interface NamedRoute extends RouteName {
  readonly id: number
}

/** Watches a loop from another thread, by its board. */
export class BoardWatch {
  readonly #board: LoopBoard
  readonly #names = new Map<number, RouteName>()
  #timer: NodeJS.Timeout | undefined

  constructor(board: LoopBoard) {
    this.#board = board
  }

  /** The loop has met a route. */
  name({ id, method, route }: NamedRoute): void {
    this.#names.set(id, { method, route })
  }

  start(tell: (hold: Hold) => void): void {
    const watch = new HoldWatch(this.#board, systemClock.now())
    this.#timer = setInterval(() => {
      const hold = watch.look(systemClock.now())
      if (hold === undefined) return
      const routes = hold.routes.flatMap((id) => this.#names.get(id) ?? [])
      tell({ routes, forMs: Math.round(hold.forMs), over: hold.over })
    }, lookMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
