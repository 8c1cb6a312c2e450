import type { Socket } from 'node:net'

import { endLingering, isClosing } from '../lingering-close.ts'
import type { LinkLane } from './link-lane.ts'

/**
 * What goes to one client, and how its connection ends. Pieces of responses are gathered until the link's read has been looked
 * through, and written with one system call.
 */
export abstract class ClientOutput {
  readonly socket: Socket
  protected readonly lane: LinkLane
  /** The client does not take what was written to it. */
  protected stalled = false
  /** Called by the socket for every write; made once. */
  readonly #onWritten: () => void
  /** The last that the client is to get, while it has not taken what comes before. */
  #farewell: Buffer | undefined = undefined
  // What is to be written: nearly always one piece.
  #piece: Buffer | undefined = undefined
  #morePieces: Buffer[] | undefined = undefined

  constructor(lane: LinkLane, socket: Socket) {
    this.lane = lane
    this.socket = socket
    this.#onWritten = () => this.#written()
  }

  /** Its last response is decided: what the client still sends is dropped. */
  protected get isOver(): boolean {
    return this.#farewell !== undefined || isClosing(this.socket) || this.socket.destroyed
  }

  /** `stalled` has become true: nothing more should be sent. */
  protected abstract heldUp(): void

  /** `stalled` is false again. */
  protected abstract flowing(): void

  /** A piece of a response; written when the lane flushes, and referred to until then. */
  send(bytes: Buffer, start: number, end: number): void {
    const piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
    if (this.#piece === undefined) {
      this.#piece = piece
      this.lane.toFlush(this)
    } else if (this.#morePieces === undefined) this.#morePieces = [piece]
    else this.#morePieces.push(piece)
  }

  /** Writes what was sent since the last time, with one system call. */
  flush(): void {
    const piece = this.#piece
    if (piece === undefined) return
    const more = this.#morePieces
    this.#piece = this.#morePieces = undefined
    const { socket } = this
    if (socket.destroyed) return
    if (socket.writableLength > 0) {
      // It waits behind what the client has not read: a copy of its own, or a slow client would hold a whole read buffer
      // for each piece of it.
      socket.write(Buffer.from(piece), this.#onWritten)
      if (more !== undefined) for (const each of more) socket.write(Buffer.from(each), this.#onWritten)
    } else {
      if (more === undefined) socket.write(piece, this.#onWritten)
      else {
        socket.cork()
        socket.write(piece, this.#onWritten)
        for (const each of more) socket.write(each, this.#onWritten)
        socket.uncork()
      }
      if (socket.writableLength === 0) return
      this.lane.bytesAreKept()
    }
    this.#stall()
  }

  /** Writes these bytes, which nobody will change, behind what was sent. */
  protected write(bytes: Buffer): void {
    this.flush()
    this.socket.write(bytes, this.#onWritten)
    if (this.socket.writableLength > 0) this.#stall()
  }

  /** Ends the connection behind what has been sent and these bytes. */
  protected endConnection(last: Buffer): void {
    if (this.isOver) return
    this.flush()
    if (this.socket.writableLength === 0) return endLingering(this.socket, last)
    // A lingering close does not wait for long: first the client gets the time that it needs for what it has not taken.
    this.#farewell = last
    this.socket.resume()
  }

  /** Ends the connection in the middle of a response so that the client sees that it is not whole. */
  protected cutConnection(endsWithConnection: boolean): void {
    this.flush()
    // A body that ends with the connection looks whole unless the connection is reset.
    if (endsWithConnection) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  #stall(): void {
    this.stalled = true
    this.heldUp()
  }

  #written(): void {
    if (!this.stalled || this.socket.writableLength > 0) return
    this.stalled = false
    if (this.#farewell === undefined) this.flowing()
    else endLingering(this.socket, this.#farewell)
  }
}
