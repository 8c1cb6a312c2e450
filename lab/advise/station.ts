import { Fifo } from './fifo.ts'

/** Serves one after the other. */
export class Station {
  #isBusy = false
  readonly #waiting = new Fifo<(leave: () => void) => void>()

  /** Calls back when it is this one's turn, with what ends the turn. */
  enter(serve: (leave: () => void) => void): void {
    this.#waiting.push(serve)
    if (!this.#isBusy) this.#next()
  }

  readonly #next = (): void => {
    const serve = this.#waiting.take()
    this.#isBusy = serve !== undefined
    serve?.(this.#next)
  }
}
