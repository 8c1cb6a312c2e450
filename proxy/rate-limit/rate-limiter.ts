import type { Clock } from '../../core/sources.ts'

export interface Rate {
  /** Requests that one client may make in `per`; above 0, and not always whole. */
  readonly requests: number
  /** Milliseconds. */
  readonly per: number
  /** How many of them may come at once after a pause; at least 1. */
  readonly burst: number
  /** How many clients are kept count of. */
  readonly clients: number
}

// Sums of times come out a little more or less than they are: no request may be refused for that.
const roundingMs = 0.001

interface Client {
  readonly key: string
  /** When it would have used up what it has had, at the even pace of its rate. */
  due: number
  newer: Client | undefined
  older: Client | undefined
}

/**
 * A token bucket for each client, as the generic cell rate algorithm (ITU-T I.371): one number says how full it is. Of more clients than
 * it may keep, the one that has been away longest is forgotten, so no crowd of them can fill the memory.
 */
export class RateLimiter {
  readonly #clock: Clock
  /** Milliseconds that one request costs. */
  readonly #cost: number
  /** How far ahead of its pace a client may be. */
  readonly #slack: number
  readonly #most: number
  readonly #clients = new Map<string, Client>()
  // In the order of their last request. A list of its own: the first key of a Map is slow to find behind many that were deleted.
  #newest: Client | undefined
  #oldest: Client | undefined

  constructor({ requests, per, burst, clients }: Rate, clock: Clock) {
    this.#clock = clock
    this.#cost = per / requests
    this.#slack = (burst - 1) * this.#cost + roundingMs
    this.#most = clients
  }

  /** Counts a request. Returns 0 where it is admitted, else in how many milliseconds this client's next one would be. */
  admit(key: string): number {
    const now = this.#clock.now()
    const client = this.#seen(key, now)
    const ahead = client.due - now
    if (ahead > this.#slack) return ahead - this.#slack
    client.due = Math.max(client.due, now) + this.#cost
    return 0
  }

  /** The client of this name, which is the newest now: a refused one too, or it would be forgotten and begin anew. */
  #seen(key: string, now: number): Client {
    let client = this.#clients.get(key)
    if (client === undefined) {
      if (this.#clients.size >= this.#most) this.#forget(this.#oldest!)
      client = { key, due: now, newer: undefined, older: undefined }
      this.#clients.set(key, client)
    } else if (client === this.#newest) return client
    else this.#unlink(client)
    client.older = this.#newest
    client.newer = undefined
    if (this.#newest === undefined) this.#oldest = client
    else this.#newest.newer = client
    this.#newest = client
    return client
  }

  #forget(client: Client): void {
    this.#unlink(client)
    this.#clients.delete(client.key)
  }

  #unlink({ newer, older }: Client): void {
    if (newer === undefined) this.#newest = older
    else newer.older = older
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
  }
}
