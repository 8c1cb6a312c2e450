import type { Clock } from '../core/sources.ts'

/** Something that waits for its time. */
export interface Happening {
  happen(): void
}

/**
 * A clock that jumps from one event to the next: minutes of a thousand loops pass in seconds, and every run with the same seed is the
 * same run. Milliseconds. What happens at the same time happens in the order in which it was asked for.
 */
export class VirtualTime implements Clock {
  #now = 0
  #asked = 0
  #passed = 0
  // A binary heap in three arrays, the earliest first: an object for each entry would cost more than everything else here.
  readonly #times: number[] = []
  readonly #orders: number[] = []
  readonly #what: Happening[] = []

  now(): number {
    return this.#now
  }

  /** How many things have happened. */
  get passed(): number {
    return this.#passed
  }

  /** @param time not before now */
  at(time: number, what: Happening): void {
    const times = this.#times
    const orders = this.#orders
    const items = this.#what
    const order = this.#asked++
    let hole = times.length
    times.push(time)
    orders.push(order)
    items.push(what)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (times[parent]! <= time) break
      times[hole] = times[parent]!
      orders[hole] = orders[parent]!
      items[hole] = items[parent]!
      hole = parent
    }
    times[hole] = time
    orders[hole] = order
    items[hole] = what
  }

  after(ms: number, what: Happening): void {
    this.at(this.#now + ms, what)
  }

  /** As a timer: what the product takes as a parameter. */
  readonly later = (ms: number, action: () => void): void => this.after(ms, { happen: action })

  /** Again and again, for the first time after one interval. */
  every(ms: number, action: () => void): void {
    const tick: Happening = {
      happen: () => {
        action()
        this.after(ms, tick)
      },
    }
    this.after(ms, tick)
  }

  /** Lets everything happen that is due until then. */
  run(until: number): void {
    while (this.#times.length > 0 && this.#times[0]! <= until) {
      this.#now = this.#times[0]!
      this.#passed++
      this.#shift().happen()
    }
    this.#now = until
  }

  #shift(): Happening {
    const times = this.#times
    const orders = this.#orders
    const items = this.#what
    const first = items[0]!
    const time = times.pop()!
    const order = orders.pop()!
    const item = items.pop()!
    const count = times.length
    if (count === 0) return first
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= count) break
      const right = child + 1
      if (right < count && isEarlier(times[right]!, orders[right]!, times[child]!, orders[child]!)) child = right
      if (!isEarlier(times[child]!, orders[child]!, time, order)) break
      times[hole] = times[child]!
      orders[hole] = orders[child]!
      items[hole] = items[child]!
      hole = child
    }
    times[hole] = time
    orders[hole] = order
    items[hole] = item
    return first
  }
}

const isEarlier = (time: number, order: number, otherTime: number, otherOrder: number): boolean =>
  time < otherTime || (time === otherTime && order < otherOrder)
