// Longer by this factor and by so many than it was at its shortest is growth; less is how arrivals fall.
const factor = 1.25
const few = 4
// A burst makes a queue longer once.
const running = 2

/**
 * Tells a queue that grows, since more comes than is done, from a burst that is being worked off and from clients that wait and ask again: those
 * shorten by themselves or stay as they are, and refusing them serves nobody. Looks once in a span of time, and only at spans in which somebody
 * was served: how fast a queue is worked off that stands behind a blocked loop can only be told when the loop is back.
 */
export class Backlog {
  #came = 0
  #left = 0
  #since = 0
  /** Those who came and have not left, the refused among them. */
  #length = 0
  #shortest = 0
  #growths = 0

  /** The queue was empty, and is no more. */
  begin(now: number): void {
    this.#came = 0
    this.#left = 0
    this.#since = now
    this.#length = 0
    this.#shortest = 0
    this.#growths = 0
  }

  /** One wants to wait, whether there is room or not. */
  came(): void {
    this.#came++
  }

  /** One has been served, or has gone by itself: not one that was refused. */
  left(): void {
    this.#left++
  }

  /** @param spanMs the least time between two looks */
  grows(now: number, spanMs: number): boolean {
    if (this.#left > 0 && now - this.#since >= spanMs) this.#look(now)
    return this.#growths >= running
  }

  #look(now: number): void {
    const before = this.#length
    const length = before + this.#came - this.#left
    const grows = length >= before && length > this.#shortest * factor + few
    this.#growths = grows ? this.#growths + 1 : 0
    if (before === 0 || length < before) this.#shortest = length
    this.#length = length
    this.#since = now
    this.#came = 0
    this.#left = 0
  }
}
