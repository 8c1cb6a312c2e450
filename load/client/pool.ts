import { Connection, type RequestText, type Settle } from './connection.ts'

/**
 * Connections of many visitors: a request goes out on one that is idle, and where none is, on a new one. When there are as
 * many as may be, requests wait here.
 */
export class Pool {
  readonly #port: number
  readonly #host: string
  readonly #most: number
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  #waiting: { request: RequestText; settle: Settle }[] = []

  /** @param most connections at once */
  constructor(port: number, host: string, most: number) {
    this.#port = port
    this.#host = host
    this.#most = most
  }

  /** Connections that are open. */
  get size(): number {
    let open = 0
    for (const { isOpen } of this.#all) if (isOpen) open += 1
    return open
  }

  /** Opens connections until there are so many, each having asked once; resolves with what failed. */
  async openUntil(wanted: number, request: RequestText): Promise<string[]> {
    const failures: string[] = []
    while (this.size < wanted && failures.length === 0) {
      // A hundred at a time: fewer than a listener's backlog holds.
      const some = Array.from({ length: Math.min(100, wanted - this.size) }, () => this.#dial())
      await Promise.all(some.map(({ opened }) => opened))
      await Promise.all(
        some.map(
          (connection) =>
            new Promise<void>((resolve) => {
              this.#askOn(connection, request, (status, failure) => {
                if (status !== 200) failures.push(failure ?? `HTTP/1.1 ${status}`)
                resolve()
              })
            }),
        ),
      )
    }
    return failures
  }

  ask(request: RequestText, settle: Settle): void {
    let connection = this.#idle.pop()
    while (connection !== undefined && !connection.isOpen) {
      this.#all.delete(connection)
      connection = this.#idle.pop()
    }
    if (connection !== undefined) this.#askOn(connection, request, settle)
    else if (this.#all.size < this.#most) this.#askOn(this.#dial(), request, settle)
    else this.#waiting.push({ request, settle })
  }

  /** Closes every connection; what is asked or waits fails. */
  close(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { settle } of waiting) settle(0, 'the client had too many connections')
    for (const connection of this.#all) connection.close()
    this.#all.clear()
    this.#idle.length = 0
  }

  #dial(): Connection {
    const connection = new Connection(this.#port, this.#host)
    this.#all.add(connection)
    return connection
  }

  #askOn(connection: Connection, request: RequestText, settle: Settle): void {
    connection.ask(request, (status, failure) => {
      if (connection.isOpen) this.#idle.push(connection)
      else this.#all.delete(connection)
      settle(status, failure)
      this.#serveWaiting()
    })
  }

  #serveWaiting(): void {
    if (this.#waiting.length === 0 || (this.#idle.length === 0 && this.#all.size >= this.#most)) return
    const { request, settle } = this.#waiting.shift()!
    this.ask(request, settle)
  }
}
