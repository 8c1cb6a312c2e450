import type { Logger } from '../core/log.ts'

interface Stopped {
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Stops the cluster in order when asked, and at once when a second signal comes. */
export class StopSwitch {
  /** Resolves when everything has ended. */
  readonly stopped: Promise<void>
  readonly #cluster: Stopped
  readonly #log: Logger
  readonly #limitMs: number
  #resolve!: () => void
  #asked = false

  constructor(cluster: Stopped, log: Logger, limitMs: number) {
    this.#cluster = cluster
    this.#log = log
    this.#limitMs = limitMs
    this.stopped = new Promise((resolve) => (this.#resolve = resolve))
  }

  /** In order; asking again changes nothing. */
  ask(): void {
    if (this.#asked) return
    this.#asked = true
    this.#log.info(`stopping: finishing what is open, for at most ${this.#limitMs / 1000} s; a second signal stops at once`)
    void this.#cluster.stop().then(this.#resolve)
  }

  /** SIGTERM or SIGINT. */
  signal(): void {
    if (!this.#asked) return this.ask()
    this.#log.warn('stopping at once: what was open is cut')
    void this.#cluster.kill().then(this.#resolve)
  }
}
