/** Questions to a child process that have not been answered. */
export class Asks<T> {
  readonly #open = new Map<
    number,
    { readonly resolve: (answer: T) => void; readonly reject: (error: Error) => void; readonly timer: NodeJS.Timeout }
  >()
  #count = 0

  /**
   * Asks, and waits for the answer.
   * @param send sends the question with this number
   * @throws what `late` makes where no answer comes within `limitMs`
   */
  ask(limitMs: number, late: () => Error, send: (ask: number) => void): Promise<T> {
    const ask = ++this.#count
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(ask, late()), limitMs)
      this.#open.set(ask, { resolve, reject, timer })
      send(ask)
    })
  }

  get isOpen(): boolean {
    return this.#open.size > 0
  }

  answer(ask: number, answer: T): void {
    this.#close(ask)?.resolve(answer)
  }

  fail(ask: number, error: Error): void {
    this.#close(ask)?.reject(error)
  }

  /** Nobody will answer any more. */
  end(error: Error): void {
    for (const ask of [...this.#open.keys()]) this.fail(ask, error)
  }

  #close(ask: number): { readonly resolve: (answer: T) => void; readonly reject: (error: Error) => void } | undefined {
    const open = this.#open.get(ask)
    clearTimeout(open?.timer)
    this.#open.delete(ask)
    return open
  }
}
