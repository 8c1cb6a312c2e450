import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import tls from 'node:tls'

import { handshakeMs } from '../../link/greeting.ts'
import { AcceptHandshake, type BalancerHello, type Refusal } from '../../link/handshake.ts'
import { nonceBytes } from '../../link/proof.ts'
import { noCertificate, noHandshake, noTls, tooSlow } from '../../link/refusal.ts'

/** PEM text: both of them, or no TLS. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

interface DoormanOptions {
  readonly loop: string
  readonly state: () => 'starting' | 'ready' | 'draining'
  /**
   * One doorman for each address, with secret and certificate only where it is TCP (`guardOf`): asking the socket would let
   * strangers in, because a TCP socket that was reset after its request has no remote address either.
   */
  readonly secret: string | undefined
  readonly tls: Certificate | undefined
  /** The socket carries frames from `rest` on; it flows once this has returned. */
  readonly onLink: (socket: Socket, hello: BalancerHello, rest: Buffer) => void
  /** The socket is as new: what was read is in it again. It flows once this has returned. */
  readonly onHttp: (socket: Socket) => void
  /** Told each reason once in ten minutes, so that those who try again and again, each for its own reason, do not fill the log. */
  readonly onRefused?: (refusal: Refusal) => void
}

export interface Doorman {
  /** Takes a connection that was just accepted, and nobody has read from. */
  receive(socket: Socket): void
}

interface Rules extends DoormanOptions {
  readonly context: tls.SecureContext | undefined
  readonly refused: (refusal: Refusal) => void
}

/** Stands at the one address of both lanes, and tells by the first byte of a connection which of them it is for. */
export function createDoorman(options: DoormanOptions): Doorman {
  const context = options.tls === undefined ? undefined : tls.createSecureContext(options.tls)
  const told = new Set<string>()
  const refused = (refusal: Refusal): void => {
    if (told.has(refusal.message)) return
    told.add(refusal.message)
    setTimeout(() => told.delete(refusal.message), silentMs).unref()
    options.onRefused?.(refusal)
  }
  const rules: Rules = { ...options, context, refused }
  return { receive: (socket) => void new Visitor(socket, rules, context !== undefined) }
}

// The first bytes of the link's preface and of a TLS ClientHello (RFC 8446 5.1); no HTTP begins with either.
const prefaceByte = 0x00
const clientHelloByte = 0x16

const silentMs = 600_000

/** One connection until it is known what it is. */
class Visitor {
  readonly #socket: Socket
  readonly #rules: Rules
  readonly #awaitsTls: boolean
  #handshake: AcceptHandshake | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #onData = (bytes: Buffer): void => this.#read(bytes)
  readonly #onGone = (): void => {
    clearTimeout(this.#timer)
    this.#socket.destroy()
  }

  constructor(socket: Socket, rules: Rules, awaitsTls: boolean) {
    this.#socket = socket
    this.#rules = rules
    this.#awaitsTls = awaitsTls
    socket.on('data', this.#onData).on('end', this.#onGone).on('error', this.#onGone).on('close', this.#onGone)
    // Plain HTTP may wait for ever: to cut a connection that is kept for a request could race with the request. A balancer
    // that must prove itself begins at once; strangers must not hold files open until none is left for it.
    if (awaitsTls || rules.secret !== undefined) this.#hurry()
  }

  #read(bytes: Buffer): void {
    if (this.#handshake !== undefined) this.#shake(this.#handshake, bytes)
    else if (this.#awaitsTls) this.#secure(bytes, this.#rules.context)
    else if (bytes[0] === prefaceByte) this.#shake(this.#begin(), bytes)
    else if (bytes[0] === clientHelloByte) this.#refuse(noCertificate)
    else if (this.#rules.secret === undefined) this.#passOn(bytes, this.#rules.onHttp)
    else this.#refuse(noHandshake)
  }

  #secure(bytes: Buffer, context: tls.SecureContext | undefined): void {
    if (bytes[0] !== clientHelloByte || context === undefined) return this.#refuse(noTls)
    const socket = this.#letGo(bytes)
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context })
    // An app takes this for the client's connection, of which only the balancer knows.
    Reflect.deleteProperty(secure, 'encrypted')
    const deadline = setTimeout(() => secure.destroy(), handshakeMs)
    secure.once('secure', () => clearTimeout(deadline)).once('close', () => clearTimeout(deadline))
    void new Visitor(secure, this.#rules, false)
  }

  #begin(): AcceptHandshake {
    const { loop, state, secret } = this.#rules
    if (this.#timer === undefined) this.#hurry()
    this.#handshake = new AcceptHandshake({ loop, state: state(), secret }, randomBytes(nonceBytes))
    return this.#handshake
  }

  #hurry(): void {
    this.#timer = setTimeout(() => this.#refuse(tooSlow), handshakeMs)
  }

  #shake(handshake: AcceptHandshake, bytes: Buffer): void {
    const at = handshake.read(bytes, 0, bytes.length)
    const reply = handshake.takeReply()
    if (handshake.state === 'refused') return this.#refuse(handshake.refusal!, reply)
    if (reply !== undefined) this.#socket.write(reply)
    if (handshake.state === 'going') return
    const peer = handshake.peer!
    const rest = bytes.subarray(at)
    if (peer.mode === 'http') this.#passOn(rest, this.#rules.onHttp)
    else this.#passOn(undefined, (socket) => this.#rules.onLink(socket, peer, rest))
  }

  #passOn(bytes: Buffer | undefined, to: (socket: Socket) => void): void {
    const socket = this.#letGo(bytes)
    to(socket)
    socket.resume()
  }

  /** The socket, paused so that nothing is lost between two readers; `bytes` are read again by the next one. */
  #letGo(bytes: Buffer | undefined): Socket {
    const socket = this.#socket
    clearTimeout(this.#timer)
    socket.pause()
    socket.off('data', this.#onData).off('end', this.#onGone).off('error', this.#onGone).off('close', this.#onGone)
    if (bytes !== undefined && bytes.length > 0) socket.unshift(bytes)
    return socket
  }

  #refuse(refusal: Refusal, reply?: Buffer): void {
    this.#rules.refused(refusal)
    this.#socket.off('data', this.#onData).resume()
    if (reply !== undefined) this.#socket.write(reply)
    // A peer that reads nothing must not hold the connection open.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#onGone, handshakeMs)
    this.#socket.destroySoon()
  }
}
