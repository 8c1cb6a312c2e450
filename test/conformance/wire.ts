import net from 'node:net'

const limitMs = 10_000

/** The connection ended before the bytes that were asked for. */
export class Ended extends Error {}

/** One TCP connection that sends exactly what it is told, and hands out what arrives in the order it arrives. */
export class Wire {
  readonly socket: net.Socket
  #arrived: Buffer = Buffer.alloc(0)
  #over = false
  #wake: (() => void) | undefined

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#arrived = this.#arrived.length === 0 ? chunk : Buffer.concat([this.#arrived, chunk])
      this.#wake?.()
    })
    const over = (): void => {
      this.#over = true
      this.#wake?.()
    }
    socket.on('end', over)
    socket.on('close', over)
    // A reset is an ending like another; what came before it tells the rest.
    socket.on('error', over)
  }

  static async connect(port: number): Promise<Wire> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const wire = new Wire(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return wire
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** A line without its CRLF. Throws Ended. */
  async line(): Promise<string> {
    for (let searched = 0; ;) {
      const end = this.#arrived.indexOf('\r\n', searched)
      if (end !== -1) {
        const text = this.#arrived.toString('latin1', 0, end)
        this.#arrived = this.#arrived.subarray(end + 2)
        return text
      }
      searched = Math.max(0, this.#arrived.length - 1)
      await this.#more()
    }
  }

  /** At least one byte and at most so many, as soon as they are there. Throws Ended. */
  async some(most: number): Promise<Buffer> {
    if (this.#arrived.length === 0) await this.#more()
    const piece = this.#arrived.subarray(0, most)
    this.#arrived = this.#arrived.subarray(piece.length)
    return piece
  }

  /** Resolves when the server has ended its side. */
  async ended(): Promise<void> {
    while (!this.#over) await this.#more().catch(ignoreEnd)
  }

  /** What has arrived and was not asked for. */
  get unread(): string {
    return this.#arrived.toString('latin1')
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** Goes in a way that says that the client does not wait for an answer, which ending its side does not. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  async #more(): Promise<void> {
    if (this.#over) throw new Ended(`the connection ended; unread: ${JSON.stringify(this.unread.slice(0, 200))}`)
    const before = this.#arrived.length
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came for ${limitMs} ms; unread: ${JSON.stringify(this.unread)}`)), limitMs)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
    if (this.#over && this.#arrived.length === before) throw new Ended('the connection ended')
  }
}

const ignoreEnd = (error: unknown): void => {
  if (!(error instanceof Ended)) throw error
}
