/** How many routes a loop tells apart. Names a client can make up are many; series of a metric must not be. */
export const maxRoutes = 200

const ticks = 0
const current = 1
const profiled = 2
const firstOpen = 3

/**
 * What the loop's thread leaves where another thread can read it at any time, also while the loop is held: that its
 * timers run, which route's handler runs, and how many requests are open of each route. Routes go by number. The other
 * way it tells that a profile is being taken.
 */
export class LoopBoard {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  /** @param memory another thread's board, to read it */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4 * (firstOpen + maxRoutes + 1))) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The loop has run its timers. */
  tick(): void {
    this.#words[ticks]!++
  }

  /** @param route 0 for none */
  running(route: number): void {
    this.#words[current] = route
  }

  opened(route: number): void {
    this.#words[firstOpen + route]!++
  }

  closed(route: number): void {
    this.#words[firstOpen + route]!--
  }

  isOpen(route: number): boolean {
    return this.#words[firstOpen + route]! > 0
  }

  /** Said by the thread that has a profile taken. */
  set isProfiled(now: boolean) {
    Atomics.store(this.#words, profiled, now ? 1 : 0)
  }

  get isProfiled(): boolean {
    return Atomics.load(this.#words, profiled) === 1
  }

  /** Differs from one tick to the next. */
  get ticked(): number {
    return Atomics.load(this.#words, ticks)
  }

  /** The number of the route whose handler runs; 0 for none. */
  get runs(): number {
    return Atomics.load(this.#words, current)
  }

  /** The numbers of all routes with open requests. */
  get open(): number[] {
    const result: number[] = []
    for (let route = 1; route <= maxRoutes; route++) if (Atomics.load(this.#words, firstOpen + route) > 0) result.push(route)
    return result
  }
}
