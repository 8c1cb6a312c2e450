import type { ServerResponse } from 'node:http'

// A listener that reads nothing must not make the supervisor hold its events.
const maxBufferedBytes = 1_048_576
const intervalMs = 1_000
// Gathers the flips of several loops, and of one that flips often, into few events; to the eye it is at once.
const soonMs = 50

/** Server-sent events: the status once a second to everyone who listens, computed once for all of them. */
export class StatusEvents {
  readonly #status: () => unknown
  readonly #listeners = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined
  #soonTimer: NodeJS.Timeout | undefined

  constructor(status: () => unknown) {
    this.#status = status
  }

  /** Takes over a response; its first event follows at once. */
  add(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    })
    response.write(this.#event())
    this.#listeners.add(response)
    response.on('close', () => this.#remove(response))
    this.#timer ??= setInterval(() => this.#send(), intervalMs)
  }

  /** Something changed that listeners should see before the second is over. */
  soon(): void {
    if (this.#listeners.size === 0) return
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = undefined
      this.#send()
    }, soonMs)
  }

  close(): void {
    for (const response of this.#listeners) response.end()
    clearInterval(this.#timer)
    clearTimeout(this.#soonTimer)
  }

  #send(): void {
    const event = this.#event()
    for (const response of this.#listeners) {
      if (response.writableLength > maxBufferedBytes) response.destroy()
      else response.write(event)
    }
  }

  #event(): string {
    return `data: ${JSON.stringify(this.#status())}\n\n`
  }

  #remove(response: ServerResponse): void {
    this.#listeners.delete(response)
    if (this.#listeners.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
