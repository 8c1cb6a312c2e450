import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

import type { Address } from '../../core/address.ts'
import type { OpenHttp } from '../open-connection.ts'

/**
 * The connections kept to one endpoint: what http.request asks of an agent, and no more. Node's own Agent builds options
 * and a name for every request to find the pool that we have at hand, and resets async ids that we do not use.
 */
export class ConnectionPool {
  // Read by ClientRequest: without these it would ask the endpoint to close after each response.
  readonly keepAlive = true
  readonly maxSockets: number = Number.POSITIVE_INFINITY
  readonly protocol = 'http:'
  readonly defaultPort = 80
  readonly #openHttp: OpenHttp
  readonly #address: Address
  readonly #idleMs: number
  // The newest last: it is used first, and the surplus of a peak grows old at the front.
  readonly #idle: Socket[] = []
  #closed = false

  /** @param idleMs how long an idle connection is kept, in milliseconds; 0 sets no end */
  constructor(openHttp: OpenHttp, address: Address, idleMs: number) {
    this.#openHttp = openHttp
    this.#address = address
    this.#idleMs = idleMs
  }

  /** Called by http.request: gives the request a connection. */
  addRequest(request: ClientRequest): void {
    let socket = this.#idle.pop()
    // Bytes that nobody asked for would be read as the answer to this request.
    while (socket !== undefined && (socket.destroyed || socket.readableLength > 0)) {
      socket.destroy()
      socket = this.#idle.pop()
    }
    if (socket === undefined) return this.#open(request)
    if (this.#idleMs > 0) socket.setTimeout(0)
    request.reusedSocket = true
    request.onSocket(socket)
  }

  /** Closes what is idle; connections in use close when their request ends. */
  close(): void {
    this.#closed = true
    for (const socket of this.#idle.splice(0)) socket.destroy()
  }

  #open(request: ClientRequest): void {
    const opened = this.#openHttp(this.#address, (error, socket) => {
      if (error === null) request.onSocket(this.#keep(socket))
      // As Node's own Agent does: the types know nothing of the error.
      else (request.onSocket as (socket: Socket | null, error: Error) => void).call(request, null, error)
    })
    if (opened !== undefined) request.onSocket(this.#keep(opened))
  }

  #keep(socket: Socket): Socket {
    // While a request has the connection, the request hears of errors; between requests the close says enough.
    socket.on('error', () => {})
    socket.on('close', () => this.#remove(socket))
    if (this.#idleMs > 0) socket.on('timeout', () => socket.destroy())
    // Emitted by ClientRequest when its response has been read and the connection can serve another.
    socket.on('free', () => this.#free(socket))
    return socket
  }

  #free(socket: Socket): void {
    if (this.#closed || socket.destroyed || !socket.writable) {
      socket.destroy()
      return
    }
    if (this.#idleMs > 0) socket.setTimeout(this.#idleMs)
    this.#idle.push(socket)
  }

  #remove(socket: Socket): void {
    const place = this.#idle.indexOf(socket)
    if (place !== -1) this.#idle.splice(place, 1)
  }
}
