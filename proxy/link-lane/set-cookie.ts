const lineEnd = '\r\n'

/**
 * Puts Set-Cookie into the head of a response, behind its first line. The link carries responses as the loop wrote them, and
 * this is the one thing that the balancer has to say in them.
 */
export class SetCookie {
  readonly #field: Buffer
  /** What came without the end of the first line. */
  #begun: Buffer | undefined = undefined

  /** @param cookie the field's value */
  constructor(cookie: string) {
    this.#field = Buffer.from(`Set-Cookie: ${cookie}${lineEnd}`, 'latin1')
  }

  /** Takes the head as it comes in; returns what goes to the client once the first line is whole, undefined before. */
  add(part: Buffer): Buffer | undefined {
    const head = this.#begun === undefined ? part : Buffer.concat([this.#begun, part])
    const at = head.indexOf(lineEnd)
    if (at === -1) {
      this.#begun = Buffer.from(head)
      return undefined
    }
    const behind = at + lineEnd.length
    return Buffer.concat([head.subarray(0, behind), this.#field, head.subarray(behind)])
  }
}
