import { connect, type Socket } from 'node:net'

import { ResponseReader } from './response-reader.ts'

/** A request as it goes onto the wire. */
export interface RequestText {
  readonly bytes: Buffer
  /** A HEAD request, whose answer has no body. */
  readonly toHead: boolean
}

/** Told once all of the answer is there: its status, or 0 and what failed. */
export type Settle = (status: number, failure: string | undefined) => void

/** A client's keep-alive connection with one request at a time, as lean as may be: it shares its cores with what it measures. */
export class Connection {
  readonly #socket: Socket
  readonly #reader = new ResponseReader()
  readonly opened: Promise<void>
  #settle: Settle | undefined
  #closed: string | undefined

  constructor(port: number, host: string) {
    this.#socket = connect({ port, host, noDelay: true })
    this.opened = new Promise((resolve, reject) => this.#socket.once('connect', resolve).once('error', reject))
    // Nobody has to wait for it: what fails is told to whoever asks.
    this.opened.catch(() => {})
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => this.#end('the connection was closed'))
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Sends a request; not before the one before it is settled. */
  ask(request: RequestText, settle: Settle): void {
    if (this.#closed !== undefined) return settle(0, this.#closed)
    this.#settle = settle
    this.#reader.begin(request.toHead)
    this.#socket.write(request.bytes)
  }

  close(): void {
    this.#end('the client closed it')
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    try {
      const status = this.#reader.take(chunk)
      if (status === 0) return
      if (this.#reader.closes) {
        this.#closed ??= 'the server closes it'
        this.#socket.destroy()
      }
      this.#done(status, undefined)
    } catch (error) {
      this.#end((error as Error).message)
      this.#socket.destroy()
    }
  }

  #done(status: number, failure: string | undefined): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(status, failure)
  }

  #end(reason: string): void {
    this.#closed ??= reason
    const status = this.#reader.end()
    this.#done(status, status === 0 ? this.#closed : undefined)
  }
}
