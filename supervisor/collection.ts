import type { MetricsJson } from '../core/messages.ts'

/**
 * The metrics of one child process, asked for over IPC. A blocked child cannot answer: its last known state
 * stands in for it.
 */
export class Collection {
  last: MetricsJson = []
  readonly #ask: (ask: number) => void
  readonly #open = new Map<number, () => void>()
  #count = 0

  constructor(ask: (ask: number) => void) {
    this.#ask = ask
  }

  /** Resolves when `last` is fresh, or after `timeoutMs`. */
  collect(timeoutMs: number): Promise<void> {
    const ask = ++this.#count
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#open.delete(ask)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      this.#open.set(ask, done)
      this.#ask(ask)
    })
  }

  answer(ask: number, metrics: MetricsJson): void {
    this.last = metrics
    this.#open.get(ask)?.()
  }

  /** The process is gone: nobody will answer. */
  end(): void {
    for (const done of this.#open.values()) done()
  }
}
