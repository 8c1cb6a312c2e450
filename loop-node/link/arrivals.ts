import { AsyncResource } from 'node:async_hooks'

import { frameType, requestFlag } from '../../link/frame.ts'
import type { Outbox } from '../../link/outbox.ts'
import type { Gate } from '../gate.ts'
import { beginRequest, deliverEarly, type LinkHost } from './request.ts'
import type { VirtualSocket } from './virtual-socket.ts'

/** The requests of one read, until the app has them. */
export class Arrivals {
  readonly #host: LinkHost
  readonly #outbox: Outbox
  readonly #keepAliveMs: number
  #arrived: VirtualSocket[] = []
  #asked: VirtualSocket[] = []

  constructor(host: LinkHost, outbox: Outbox, keepAliveMs: number) {
    this.#host = host
    this.#outbox = outbox
    this.#keepAliveMs = keepAliveMs
  }

  add(socket: VirtualSocket): void {
    this.#arrived.push(socket)
    if ((socket.flags & requestFlag.askTaken) !== 0) this.#asked.push(socket)
  }

  /** Says which requests are taken before the first of their handlers runs, and waits until that is on its way. */
  take(): void {
    const { gate } = this.#host
    if (gate !== undefined) return this.#queue(gate)
    if (this.#asked.length === 0) return this.#dispatch()
    // Of one that was given up in the same read the last word has been said: its number may be another's by now.
    const asked = this.#asked.filter(({ destroyed }) => !destroyed)
    this.#asked = []
    if (asked.length === 0) return this.#dispatch()
    this.#sayTaken(asked)
    if (this.#outbox.sent) return this.#dispatch()
    // These alone: others may come before.
    const held = this.#arrived
    this.#arrived = []
    this.#outbox.whenSent(() => this.#give(held))
  }

  #dispatch(): void {
    const arrived = this.#arrived
    if (arrived.length === 0) return
    this.#arrived = []
    this.#give(arrived)
  }

  #give(sockets: readonly VirtualSocket[]): void {
    for (let at = 0; at < sockets.length; at++) {
      let returned = false
      try {
        this.#begin(sockets[at]!)
        returned = true
      } finally {
        // What a handler throws goes where Node lets it go; the process may survive it, and then the others have their turn.
        if (!returned && at + 1 < sockets.length) setImmediate(() => this.#give(sockets.slice(at + 1)))
      }
    }
  }

  #begin(socket: VirtualSocket): void {
    // The client went in the same moment.
    if (socket.destroyed) return
    socket.counted = true
    // What an app sets with AsyncLocalStorage.enterWith must not be seen by the next request, which is another client's.
    socket.scope ??= new AsyncResource('HTTPINCOMINGMESSAGE')
    socket.scope.runInAsyncScope(begin, undefined, this.#host, socket, this.#keepAliveMs)
  }

  /** Those that have to wait are not taken: the balancer may still give them to another loop. */
  #queue(gate: Gate): void {
    const arrived = this.#arrived
    this.#arrived = []
    this.#asked = []
    for (const socket of arrived) {
      // Its turn comes when another client's request ends, and is no part of that.
      socket.scope = new AsyncResource('HTTPINCOMINGMESSAGE')
      gate.ask({ begin: () => this.#admit(socket, gate) })
    }
  }

  #admit(socket: VirtualSocket, gate: Gate): boolean {
    if (socket.destroyed) return false
    if ((socket.flags & requestFlag.askTaken) !== 0) {
      this.#sayTaken([socket])
      if (!this.#outbox.sent) {
        // Where the link breaks first nothing is sent any more, and its place would be lost.
        const leave = (): void => gate.leave()
        socket.once('close', leave)
        this.#outbox.whenSent(() => {
          if (socket.destroyed) return
          socket.off('close', leave)
          this.#begin(socket)
        })
        return true
      }
    }
    this.#begin(socket)
    return true
  }

  #sayTaken(asked: readonly VirtualSocket[]): void {
    const payload = Buffer.allocUnsafe(asked.length * 4)
    for (let at = 0; at < asked.length; at++) payload.writeUInt32LE(asked[at]!.id, at * 4)
    this.#outbox.bytes(frameType.taken, 0, 0, 0, payload, 0, payload.length)
    this.#outbox.flush()
  }
}

function begin(host: LinkHost, socket: VirtualSocket, keepAliveMs: number): void {
  try {
    beginRequest(host, socket, keepAliveMs)
  } finally {
    deliverEarly(socket)
  }
}
