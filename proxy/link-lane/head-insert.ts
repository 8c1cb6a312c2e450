import type { Decision } from '../../core/decision.ts'
import { decisionField, decisionHeader } from '../decision-field.ts'

const lineEnd = '\r\n'

/**
 * Puts fields into the head of a response, behind its first line. The link carries responses as the loop wrote them, and what
 * the balancer has to say in them is said here.
 */
export class HeadInsert {
  readonly #fields: Buffer
  /** What came without the end of the first line. */
  #begun: Buffer | undefined = undefined

  /** @param fields whole lines, each with its end */
  constructor(fields: string) {
    this.#fields = Buffer.from(fields, 'latin1')
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
    return Buffer.concat([head.subarray(0, behind), this.#fields, head.subarray(behind)])
  }
}

/**
 * What is to be said in the head of one response; undefined where that is nothing, which is nearly always.
 * @param setCookie the value of Set-Cookie
 * @param decision for a client that may know why its loop was chosen
 */
export function headInsert(setCookie: string | undefined, decision: Decision | undefined): HeadInsert | undefined {
  if (setCookie === undefined && decision === undefined) return undefined
  const cookie = setCookie === undefined ? '' : `Set-Cookie: ${setCookie}${lineEnd}`
  return new HeadInsert(decision === undefined ? cookie : `${cookie}${decisionHeader}: ${decisionField(decision)}${lineEnd}`)
}
