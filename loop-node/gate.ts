/** A request that has come and has not begun. */
export interface Waiting {
  /** Gives it to the app; false where its client has gone meanwhile. */
  begin(): boolean
}

/**
 * Lets so many requests begin at once; further ones wait here, before the app has seen them. The balancer keeps to the same number,
 * but it cannot see other balancers' requests, nor that of a client which has just gone.
 */
export class Gate {
  /** Called when all that have come are over: none has begun or waits. */
  onIdle: () => void = () => {}
  readonly #places: number
  readonly #waiting: Waiting[] = []
  readonly #open = (): void => {
    this.#free++
    this.#admit()
    if (this.#free === this.#places) this.onIdle()
  }
  #free: number

  /** @param places at least 1 */
  constructor(places: number) {
    this.#places = places
    this.#free = places
  }

  /** How many have come and not begun. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Begins it now or when its turn comes: in the order of asking. */
  ask(request: Waiting): void {
    this.#waiting.push(request)
    this.#admit()
  }

  /** One that had begun is over. The next one begins a turn later: the app hears first that this one has closed. */
  leave(): void {
    setImmediate(this.#open)
  }

  #admit(): void {
    while (this.#free > 0) {
      const request = this.#waiting.shift()
      if (request === undefined) return
      this.#free--
      let returned = false
      try {
        if (!request.begin()) this.#free++
        returned = true
      } finally {
        // What a handler throws goes where Node lets it go; the process may survive it.
        if (!returned) setImmediate(() => this.#admit())
      }
    }
  }
}
