import type { MetricFamily } from '../core/metrics/family.ts'

// A loop that works off blocking requests, one behind the other, answers between two turns: its counts must not stand still. One that
// hangs costs a single scrape this long, far below Prometheus' own limit of 10 s.
const collectMs = 1_000

/**
 * The metrics of one child process, asked for over IPC. A blocked child cannot answer: its last known state
 * stands in for it.
 */
export class Collection {
  last: readonly MetricFamily[] = []
  readonly #ask: (ask: number) => void
  readonly #open = new Map<number, () => void>()
  #count = 0
  /** It was asked, and has not answered within the limit. */
  #overdue = false

  constructor(ask: (ask: number) => void) {
    this.#ask = ask
  }

  /**
   * Resolves when `last` is fresh, or after a second, or after `limitMs` where that is less; at once while an earlier question is overdue, so that one child
   * that is stuck does not hold up every scrape.
   */
  collect(limitMs = collectMs): Promise<void> {
    if (this.#overdue) return Promise.resolve()
    const ask = ++this.#count
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#open.delete(ask)
        resolve()
      }
      const timer = setTimeout(
        () => {
          this.#overdue = true
          done()
        },
        Math.min(collectMs, limitMs),
      )
      this.#open.set(ask, done)
      this.#ask(ask)
    })
  }

  answer(ask: number, metrics: readonly MetricFamily[]): void {
    this.last = metrics
    this.#overdue = false
    this.#open.get(ask)?.()
  }

  /** The process is gone: nobody will answer. */
  end(): void {
    for (const done of this.#open.values()) done()
  }
}
