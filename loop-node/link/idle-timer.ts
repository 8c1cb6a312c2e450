import type { Socket } from 'node:net'

import type { VirtualSocket } from './virtual-socket.ts'

/** net.Socket's time-out: it passes when nothing was read or written for so long. */
export class IdleTimer {
  readonly #socket: VirtualSocket
  #timer: NodeJS.Timeout | undefined

  constructor(socket: VirtualSocket) {
    this.#socket = socket
  }

  /** In milliseconds; 0 sets none. */
  set(ms: number): void {
    this.clear()
    if (ms > 0 && Number.isFinite(ms)) this.#timer = setTimeout(() => this.#passed(), ms).unref()
  }

  refresh(): void {
    this.#timer?.refresh()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // As node:http does: where nobody listens on request, response or server, the connection is destroyed.
  #passed(): void {
    const socket = this.#socket
    const { req, res } = socket
    const told = [
      req !== undefined && !req.complete && req.emit('timeout', socket),
      res !== undefined && !socket.finished && res.emit('timeout', socket),
      socket.server.emit('timeout', socket as unknown as Socket),
    ]
    if (!told.includes(true)) socket.destroy()
    socket.emit('timeout')
  }
}
