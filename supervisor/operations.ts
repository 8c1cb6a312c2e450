/** Changes of the cluster, one at a time in the order they were asked for: two at once would undo each other. */
export class Operations {
  #last: Promise<unknown> = Promise.resolve()
  #open = 0

  /** One runs or waits. */
  get busy(): boolean {
    return this.#open > 0
  }

  /** Runs `operation` when all earlier ones have ended, however they ended. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation)
    this.#open++
    this.#last = result.catch(() => {}).then(() => this.#open--)
    return result
  }
}
