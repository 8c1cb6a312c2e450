import { connect, type Socket } from 'node:net'

/** A client's keep-alive connection with one request at a time, as lean as may be: it shares its cores with what it measures. */
export class Connection {
  readonly #socket: Socket
  readonly opened: Promise<void>
  #head = ''
  /** Bytes of the answer's body still to come; undefined before its head is complete. */
  #missing: number | undefined
  #settle: ((failure: string | undefined) => void) | undefined
  #closed: string | undefined

  constructor(port: number, host: string) {
    this.#socket = connect({ port, host, noDelay: true })
    this.opened = new Promise((resolve, reject) => this.#socket.once('connect', resolve).once('error', reject))
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#end(error.message))
    this.#socket.on('close', () => this.#end('the connection was closed'))
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  /** Sends a request; the callback gets the failure, if any, once the whole answer is there. */
  ask(request: string, settle: (failure: string | undefined) => void): void {
    if (this.#closed !== undefined) return settle(this.#closed)
    this.#settle = settle
    this.#socket.write(request, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.#missing !== undefined) return this.#count(chunk.length)
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#head.slice(0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (!head.startsWith('HTTP/1.1 200')) return this.#done(head.slice(0, head.indexOf('\r\n')))
    if (length === undefined) return this.#done('the answer has no length')
    this.#missing = Number(length)
    this.#count(this.#head.length - end - 4)
  }

  #count(bytes: number): void {
    this.#missing! -= bytes
    if (this.#missing! <= 0) this.#done(undefined)
  }

  #done(failure: string | undefined): void {
    const settle = this.#settle
    this.#head = ''
    this.#missing = undefined
    this.#settle = undefined
    settle?.(failure)
  }

  #end(reason: string): void {
    this.#closed ??= reason
    this.#done(this.#closed)
  }
}
