/** Changes of the cluster, one at a time in the order they were asked for: two at once would undo each other. */
export class Operations {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `operation` when all earlier ones have ended, however they ended. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation)
    this.#last = result.catch(() => {})
    return result
  }
}
