interface Mark {
  readonly at: number
  readonly counts: ReadonlyMap<string, number>
}

/** How fast counters grow: per second, over the last two seconds or so. */
export class Rates {
  readonly #windowMs: number
  #marks: Mark[] = []

  constructor(windowMs = 2_000) {
    this.#windowMs = windowMs
  }

  /** @param at milliseconds, growing */
  add(at: number, counts: ReadonlyMap<string, number>): void {
    const last = this.#marks.at(-1)
    if (last !== undefined && at <= last.at) this.#marks.pop()
    this.#marks.push({ at, counts })
    // The oldest mark lies at or just before the window's begin, so that the window is always full.
    while (this.#marks.length > 2 && this.#marks[1]!.at <= at - this.#windowMs) this.#marks.shift()
  }

  /** 0 while there is only one reading. A counter that fell began anew with its process. */
  of(key: string): number {
    const first = this.#marks.find(({ counts }) => counts.has(key))
    const last = this.#marks.at(-1)
    const to = last?.counts.get(key)
    if (first === undefined || last === undefined || to === undefined || last.at <= first.at) return 0
    const from = first.counts.get(key)!
    return ((to >= from ? to - from : to) * 1_000) / (last.at - first.at)
  }

  /** Forgets everything: what comes next has nothing to do with what was. */
  clear(): void {
    this.#marks = []
  }
}
