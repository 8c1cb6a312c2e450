export type Values = ReadonlyMap<string, number>

export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly values: Values
}

/** Time series of one sample a second, bounded. A series is as long as `at`, with null where it had no value. */
export class Samples {
  readonly #limit: number
  #at: number[] = []
  readonly #series = new Map<string, (number | null)[]>()

  constructor(limit = 600) {
    this.#limit = limit
  }

  get at(): readonly number[] {
    return this.#at
  }

  /** Undefined where no sample that is kept has a value of this name. */
  series(name: string): readonly (number | null)[] | undefined {
    return this.#series.get(name)
  }

  names(): IterableIterator<string> {
    return this.#series.keys()
  }

  /** Several samples of one second become the last of them; returns whether a new second began. */
  add({ at, values }: Sample): boolean {
    const last = this.#at.at(-1)
    const fresh = last === undefined || Math.floor(at / 1_000) > Math.floor(last / 1_000)
    if (fresh) this.#grow(at)
    const index = this.#at.length - 1
    for (const [name, value] of values) {
      let series = this.#series.get(name)
      if (series === undefined) this.#series.set(name, (series = this.#at.map(() => null)))
      series[index] = value
    }
    return fresh
  }

  /** Puts what the supervisor remembers before what was seen since. */
  recall(history: readonly Sample[]): void {
    const end = history.at(-1)?.at ?? -Infinity
    const since = this.#at.flatMap((at, index) => (at > end ? [{ at, values: this.#valuesAt(index) }] : []))
    this.#at = []
    this.#series.clear()
    for (const sample of [...history, ...since]) this.add(sample)
  }

  #grow(at: number): void {
    this.#at.push(at)
    for (const series of this.#series.values()) series.push(null)
    if (this.#at.length <= this.#limit) return
    this.#at.shift()
    for (const [name, series] of this.#series) {
      series.shift()
      if (series.every((value) => value === null)) this.#series.delete(name)
    }
  }

  #valuesAt(index: number): Values {
    return new Map([...this.#series].flatMap(([name, series]) => (series[index] === null ? [] : [[name, series[index]!] as const])))
  }
}
