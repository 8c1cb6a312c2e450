import type { ReplyCode } from '../core/replies.ts'
import { fieldKind, isHost, isToken } from './head-tables.ts'
import { isWord } from './head-words.ts'

/** What a scan has found: the head goes on, is complete, is for Node's parser to judge, or is refused. */
export const scan = { more: 0, complete: 1, handOver: 2, refuse: 3 } as const

/** `headerBytes` counts the whole head with its blank line. */
export interface ScanLimits {
  readonly headerBytes: number
  readonly headerCount: number
  readonly urlBytes: number
}

const cr = 0x0d
const space = 0x20
const comma = 0x2c

// All of these a double holds exactly, and no server overflows at them.
const longestLength = 15

const close = Buffer.from('close')
const keepAlive = Buffer.from('keep-alive')
const upgrade = Buffer.from('upgrade')
const chunked = Buffer.from('chunked')
const hundredContinue = Buffer.from('100-continue')

/**
 * What is known of one request head, and the judgement of the fields that say where the request ends, whom it is for and
 * whether its connection goes on. Positions count from the head's first byte; no string is made.
 */
export class ScannedHead {
  /** Bytes of the head, with the blank line. */
  length = 0
  /** Why the head was refused. */
  refusal: ReplyCode = 'BAD_REQUEST'
  /** The method is in [0, methodEnd). */
  methodEnd = 0
  targetStart = 0
  targetEnd = 0
  /** The number of fields; the arrays hold so many entries. */
  count = 0
  readonly nameStart: Uint16Array
  readonly nameEnd: Uint16Array
  /** Without the white space around it. */
  readonly valueStart: Uint16Array
  readonly valueEnd: Uint16Array
  /** Of each field, one of `fieldKind`. */
  readonly kind: Uint8Array
  /** Of each field, its place in `headerNames` in exactly its spelling; 0 if it has none. */
  readonly nameId: Uint8Array
  /** -1 where there is no Content-Length. */
  contentLength = -1
  chunked = false
  /** The client holds its body back until it hears 100. */
  expectsContinue = false
  closes = false
  /** Connection names other fields, or anything else but close and keep-alive. */
  nominates = false
  hostIndex = -1
  protected readonly limits: ScanLimits

  constructor(limits: ScanLimits) {
    const { headerCount } = limits
    this.limits = limits
    this.nameStart = new Uint16Array(headerCount)
    this.nameEnd = new Uint16Array(headerCount)
    this.valueStart = new Uint16Array(headerCount)
    this.valueEnd = new Uint16Array(headerCount)
    this.kind = new Uint8Array(headerCount)
    this.nameId = new Uint8Array(headerCount)
  }

  /** Forgets the head, for the next one. */
  reset(): void {
    this.count = 0
    this.contentLength = -1
    this.chunked = false
    this.expectsContinue = false
    this.closes = false
    this.nominates = false
    this.hostIndex = -1
  }

  protected refuse(code: ReplyCode): number {
    this.refusal = code
    return scan.refuse
  }

  /** What can be said of the head only at its end. */
  protected judge(): number {
    if (this.hostIndex === -1) return this.refuse('BAD_REQUEST')
    return this.targetEnd - this.targetStart > this.limits.urlBytes ? this.refuse('URL_TOO_LONG') : scan.complete
  }

  /** @returns `complete` where the field is as it should be */
  protected judgeField(index: number, bytes: Buffer, base: number): number {
    const from = base + this.valueStart[index]!
    const to = base + this.valueEnd[index]!
    switch (this.kind[index]) {
      case fieldKind.host:
        return this.#host(index, bytes, from, to)
      case fieldKind.connection:
        return this.#options(bytes, from, to, true)
      // Node's parser heeds it as it heeds Connection.
      case fieldKind.proxyConnection:
        return this.#options(bytes, from, to, false)
      case fieldKind.contentLength:
        return this.#length(bytes, from, to)
      case fieldKind.transferEncoding:
        return this.#coding(bytes, from, to)
      case fieldKind.expect:
        if (this.expectsContinue || !isWord(hundredContinue, bytes, from, to)) return scan.handOver
        this.expectsContinue = true
        return scan.complete
      case fieldKind.upgrade:
      case fieldKind.http2Settings:
        return scan.handOver
      default:
        return scan.complete
    }
  }

  /** RFC 9112 3.2: exactly one Host. */
  #host(index: number, bytes: Buffer, from: number, to: number): number {
    if (this.hostIndex !== -1) return this.refuse('BAD_REQUEST')
    this.hostIndex = index
    for (let at = from; at < to; at++) if (isHost[bytes[at]!] === 0) return scan.handOver
    return to > from ? scan.complete : scan.handOver
  }

  /** The options of a Connection field: tokens, commas and spaces (RFC 9110 7.6.1). */
  #options(bytes: Buffer, from: number, to: number, nominating: boolean): number {
    // Node overlooks an option with a tab behind it, and heeds one with a space.
    if (bytes[to] !== cr) return scan.handOver
    for (let at = from; at < to; at++) {
      while (at < to && bytes[at] === space) at++
      const start = at
      while (at < to && isToken[bytes[at]!] === 1) at++
      if (isWord(close, bytes, start, at)) this.closes = true
      else if (isWord(upgrade, bytes, start, at)) return scan.handOver
      else if (nominating && at > start && !isWord(keepAlive, bytes, start, at)) this.nominates = true
      while (at < to && bytes[at] === space) at++
      if (at < to && bytes[at] !== comma) return scan.handOver
    }
    return scan.complete
  }

  #length(bytes: Buffer, from: number, to: number): number {
    // A second length or a second framing is the attack of RFC 9112 6.3, even where the two agree.
    if (this.contentLength !== -1 || this.chunked || to === from) return this.refuse('BAD_REQUEST')
    let length = 0
    for (let at = from; at < to; at++) {
      const digit = bytes[at]! - 0x30
      if (digit < 0 || digit > 9) return this.refuse('BAD_REQUEST')
      length = length * 10 + digit
    }
    // Behind the digits Node takes a space but no tab.
    if (to - from > longestLength || bytes[to] !== cr) return scan.handOver
    this.contentLength = length
    return scan.complete
  }

  #coding(bytes: Buffer, from: number, to: number): number {
    if (this.contentLength !== -1) return this.refuse('BAD_REQUEST')
    if (this.chunked || bytes[to] !== cr || !isWord(chunked, bytes, from, to)) return scan.handOver
    this.chunked = true
    return scan.complete
  }
}
