import net, { type AddressInfo, type Socket } from 'node:net'

/** Takes what arrives on a socket: bytes in the acceptor's buffer, valid during the call. False pauses reading. */
export interface Reader {
  read(count: number, bytes: Buffer): boolean
}

interface AcceptorParts {
  readonly maxConnections: number
  /** The client's connection goes to Node's HTTP server at once, or is read by us first. */
  readonly readsItself: () => boolean
  /** A connection that is read by us. */
  readonly onRead: (socket: Socket) => Reader
  /** A connection for Node's HTTP server. */
  readonly onHttp: (socket: Socket) => void
  /** A connection over the limit was closed. */
  readonly onDrop: () => void
}

// Connections that the system holds while the balancer is busy; Node's 511 overflow in a burst, and what overflows waits
// a second or more for its next try. The system has a limit of its own (net.core.somaxconn).
const backlog = 4_096

// One for all connections: what is read is used up, or copied, before the next read.
const readBytes = 64 * 1024

type Handle = object & { onconnection: (error: number, client: { close(): void } | undefined) => void }

/**
 * Accepts the clients' connections. Those that we read ourselves are made with `onread`, a documented option of a socket
 * that net.Server has no way to pass on: Node would otherwise allocate 64 KiB for every read and emit an event for it
 * (docs/decisions/0008-acceptor.md).
 */
export class Acceptor {
  readonly #parts: AcceptorParts
  readonly #server = net.createServer({ allowHalfOpen: true })
  readonly #buffer = Buffer.allocUnsafeSlow(readBytes)
  #connections = 0
  #onClosed: (() => void) | undefined

  constructor(parts: AcceptorParts) {
    this.#parts = parts
  }

  /** Client connections that are open, whoever reads them. */
  get connections(): number {
    return this.#connections
  }

  /** @param on a listening handle from the supervisor, or where to listen */
  listen(on: object | { host: string; port: number }): Promise<AddressInfo> {
    const server = this.#server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      const options = 'port' in on ? { ...on, backlog } : on
      server.listen(options as net.ListenOptions, 'port' in on ? undefined : backlog, () => {
        server.off('error', reject)
        // It accepts again by itself; what it says of a failed accept is of no use to anyone.
        server.on('error', () => {})
        this.#acceptItself()
        resolve(server.address() as AddressInfo)
      })
    })
  }

  /** Accepts nothing more. `onClosed` is called when the last connection has gone. */
  close(onClosed: () => void): void {
    this.#onClosed = onClosed
    // After one more round of accepting, which lies between the ends of two turns: what the kernel has accepted by then is
    // answered, not reset.
    setImmediate(() =>
      setImmediate(() => {
        this.#server.close()
        if (this.#connections === 0) onClosed()
      }),
    )
  }

  #acceptItself(): void {
    const handle = (this.#server as unknown as { readonly _handle: Handle })._handle
    handle.onconnection = (_error, client) => {
      if (client === undefined) return
      if (this.#connections >= this.#parts.maxConnections) {
        client.close()
        this.#parts.onDrop()
        return
      }
      this.#accept(client)
    }
  }

  #accept(handle: object): void {
    this.#connections++
    const socket = this.#parts.readsItself() ? this.#readByUs(handle) : this.#forHttp(handle)
    socket.on('close', () => {
      this.#connections--
      if (this.#connections === 0) this.#onClosed?.()
    })
  }

  #forHttp(handle: object): Socket {
    const socket = new net.Socket({ handle, allowHalfOpen: true } as net.SocketConstructorOpts)
    socket.setNoDelay(true)
    this.#parts.onHttp(socket)
    return socket
  }

  #readByUs(handle: object): Socket {
    const socket: Socket = new net.Socket({
      handle,
      allowHalfOpen: true,
      // Nothing is read before the reader is there.
      onread: { buffer: this.#buffer, callback: (count: number, bytes: Buffer) => reader.read(count, bytes) },
    } as unknown as net.SocketConstructorOpts)
    socket.setNoDelay(true)
    const reader = this.#parts.onRead(socket)
    return socket
  }
}
