import type { Notices } from './notices/notices.ts'

interface Stopped {
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Stops the cluster in order when asked, and at once when a second signal comes. */
export class StopSwitch {
  /** Resolves when everything has ended. */
  readonly stopped: Promise<void>
  readonly #cluster: Stopped
  readonly #notices: Notices
  readonly #limitMs: number
  #resolve!: () => void
  #asked = false

  constructor(cluster: Stopped, notices: Notices, limitMs: number) {
    this.#cluster = cluster
    this.#notices = notices
    this.#limitMs = limitMs
    this.stopped = new Promise((resolve) => (this.#resolve = resolve))
  }

  /** In order; asking again changes nothing. */
  ask(): void {
    if (this.#asked) return
    this.#asked = true
    const message = `stopping: finishing what is open, for at most ${this.#limitMs / 1000} s; a second signal stops at once`
    this.#notices.tell({ kind: 'stop', severity: 'info', message })
    void this.#cluster.stop().then(this.#resolve)
  }

  /** SIGTERM or SIGINT. */
  signal(): void {
    if (!this.#asked) return this.ask()
    this.#notices.tell({ kind: 'stop', severity: 'warning', message: 'stopping at once: what was open is cut' })
    void this.#cluster.kill().then(this.#resolve)
  }
}
