type Phase = 'head' | 'counted' | 'size' | 'chunk' | 'trailers' | 'until-end'

const longestHead = 65_536

/**
 * Reads the answers of one connection, one after the other, and keeps nothing of their bodies: a client that is to measure
 * a server beside it has no CPU time to give away.
 */
export class ResponseReader {
  #phase: Phase = 'head'
  #toHead = false
  /** The text that was read, or what there is of it. */
  #text = ''
  /** The text is whole: the next one begins anew. */
  #isRead = false
  /** Bytes of the body, or of its chunk, that are still to come. */
  #missing = 0
  #status = 0
  #isComplete = false
  #closes = false

  /** The connection cannot be used again. */
  get closes(): boolean {
    return this.#closes
  }

  /** Called before each request. @param toHead a request that is answered by a head alone */
  begin(toHead: boolean): void {
    this.#phase = 'head'
    this.#toHead = toHead
    this.#text = ''
    this.#status = 0
    this.#isComplete = false
  }

  /**
   * @returns the status once all of the answer is there, and else 0
   * @throws Error where it is not HTTP/1.1
   */
  take(chunk: Buffer): number {
    let at = 0
    while (at < chunk.length && !this.#isComplete) {
      switch (this.#phase) {
        case 'head':
          at = this.#until(chunk, at, '\r\n\r\n')
          if (at !== -1) this.#readHead()
          break
        case 'size':
          at = this.#until(chunk, at, '\r\n')
          if (at !== -1) this.#readSize()
          break
        case 'trailers':
          at = this.#until(chunk, at, '\r\n')
          if (at !== -1 && this.#text === '') this.#isComplete = true
          break
        case 'until-end':
          return 0
        default: {
          const part = Math.min(this.#missing, chunk.length - at)
          at += part
          this.#missing -= part
          if (this.#missing > 0) return 0
          if (this.#phase === 'counted') this.#isComplete = true
          else this.#expect('size')
        }
      }
      if (at === -1) return 0
    }
    if (!this.#isComplete) return 0
    if (at < chunk.length) this.#closes = true
    return this.#status
  }

  /** The connection has ended. @returns the status where the answer ends with it, and else 0 */
  end(): number {
    return this.#phase === 'until-end' ? this.#status : 0
  }

  /** Reads on to the separator; the text before it is then there. @returns where it goes on, -1 where there is more to come */
  #until(chunk: Buffer, at: number, separator: string): number {
    if (this.#isRead) this.#text = ''
    this.#isRead = false
    if (this.#text === '') {
      const found = chunk.indexOf(separator, at, 'latin1')
      this.#text = chunk.toString('latin1', at, found === -1 ? chunk.length : found)
      if (found !== -1) return this.#read(found + separator.length)
    } else {
      const before = this.#text.length
      const text = this.#text + chunk.toString('latin1', at)
      const found = text.indexOf(separator)
      this.#text = found === -1 ? text : text.slice(0, found)
      if (found !== -1) return this.#read(at + found + separator.length - before)
    }
    if (this.#text.length > longestHead) throw new Error('the answer has a head without an end')
    return -1
  }

  #read(next: number): number {
    this.#isRead = true
    return next
  }

  #readHead(): void {
    const head = this.#text
    if (!/^HTTP\/1\.[01] \d{3}/.test(head)) throw new Error(`the answer is not HTTP/1.1: ${JSON.stringify(head.slice(0, 40))}`)
    this.#status = Number(head.slice(9, 12))
    if (this.#status === 101) throw new Error('the answer switches protocols')
    // Further heads follow: https://www.rfc-editor.org/rfc/rfc9110#name-informational-1xx
    if (this.#status < 200) return
    if (/\r\nconnection: *close/i.test(head) || head.startsWith('HTTP/1.0')) this.#closes = true
    // In the order of https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    if (this.#toHead || this.#status === 204 || this.#status === 304) this.#isComplete = true
    else if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(head)) this.#expect('size')
    else {
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      if (length === undefined) {
        this.#closes = true
        this.#phase = 'until-end'
      } else {
        this.#missing = Number(length)
        this.#phase = 'counted'
        if (this.#missing === 0) this.#isComplete = true
      }
    }
  }

  #readSize(): void {
    const size = /^[0-9a-f]{1,12}(?=[ \t;]|$)/i.exec(this.#text)?.[0]
    if (size === undefined) throw new Error(`a chunk of the answer has no size: ${JSON.stringify(this.#text.slice(0, 40))}`)
    // With the end of line behind it.
    this.#missing = Number.parseInt(size, 16) + 2
    this.#expect(this.#missing === 2 ? 'trailers' : 'chunk')
  }

  #expect(phase: Phase): void {
    this.#phase = phase
  }
}
