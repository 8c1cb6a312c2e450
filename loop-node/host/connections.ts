import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

// A close frame with status 1001, going away (RFC 6455 5.5.1, 7.4.1). Control frames may stand between any two
// frames, and a server writes whole frames, so it can be put on the wire beside the app's own.
const goingAway = Buffer.from([0x88, 0x02, 0x03, 0xe9])

/** The sockets of one server, with what a drain must know of them. */
export class Connections {
  readonly #open = new Set<Socket>()
  /** Upgraded sockets, with the bytes written before the handshake was answered. */
  readonly #upgraded = new Map<Socket, { readonly webSocket: boolean; readonly before: number }>()
  #onEmpty: (() => void) | undefined

  get size(): number {
    return this.#open.size
  }

  get upgraded(): number {
    return this.#upgraded.size
  }

  add(socket: Socket): void {
    if (this.#open.has(socket)) return
    this.#open.add(socket)
    socket.once('finish', () => dropUnread(socket))
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#upgraded.delete(socket)
      if (this.#open.size === 0) this.#onEmpty?.()
    })
  }

  upgrade(socket: Socket, protocol: string | undefined): void {
    this.#upgraded.set(socket, { webSocket: protocol?.toLowerCase() === 'websocket', before: socket.bytesWritten })
  }

  /**
   * Tells every WebSocket client that the server goes away, whichever library the app uses: most libraries
   * close without a status, and many apps do not close their WebSockets at all.
   */
  sayGoingAway(): void {
    for (const [socket, { webSocket, before }] of this.#upgraded) {
      // Before the handshake is answered a frame would stand where the response head belongs.
      if (webSocket && socket.writable && socket.bytesWritten > before) socket.write(goingAway)
    }
  }

  /** Ends connections that hold no request: Node's own closeIdleConnections spares those that never had one. */
  endUnused(busy: ReadonlySet<Socket>): void {
    for (const socket of this.#open) if (!busy.has(socket) && !this.#upgraded.has(socket)) socket.destroy()
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Settles when the last connection is gone. */
  whenEmpty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onEmpty = resolve
    })
  }
}

/**
 * An app may answer on the socket itself and end it. A body that it left unread keeps Node from reading on, and so from
 * seeing the client go: the request would stay open for ever. Behind a response of its own Node drops the body too.
 */
function dropUnread(socket: Socket): void {
  // Node's own name for the response that has the connection; null once it is sent.
  const { _httpMessage: res } = socket as { _httpMessage?: ServerResponse | null }
  // Where the client has gone the request is not to look read to its end: the app is told that it was aborted.
  if (res?.req.complete === false && !socket.readableEnded) res.req.resume()
}
