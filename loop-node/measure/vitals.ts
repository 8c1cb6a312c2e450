interface Counts {
  readonly inFlight: number
}

/** How this loop fares, for those who ask between two reports. */
export class LoopVitals {
  readonly #counts: Counts
  /** Share of the last window in which the event loop was busy, 0 to 1. */
  utilization = 0
  /** Its longest delay in that window, in milliseconds. */
  delayMs = 0

  constructor(counts: Counts) {
    this.#counts = counts
  }

  get inFlight(): number {
    return this.#counts.inFlight
  }
}
