import { frameType, protocolVersion } from './frame.ts'
import { type Fields, greeting, GreetingReader, preface } from './greeting.ts'
import { isNonce, prove, proves } from './proof.ts'
import * as refusals from './refusal.ts'

export type { Refusal } from './refusal.ts'

/** `link` carries requests as frames, `http` is plain HTTP/1.1 behind the handshake. */
export type LinkMode = 'link' | 'http'

/** What a balancer says of itself. */
export interface BalancerHello {
  readonly id: string
  readonly mode: LinkMode
  /** How long it keeps idle connections of clients, in milliseconds: responses name it. */
  readonly keepAliveMs: number
}

/** What a loop says of itself. */
export interface LoopHello {
  readonly loop: string
  readonly state: 'starting' | 'ready' | 'draining'
}

type HandshakeState = 'going' | 'accepted' | 'refused'

/** What both ends have in common: bytes in, bytes out, and how it ended. Neither touches a socket. */
abstract class Handshake {
  readonly #reader = new GreetingReader({
    preface: (version) => this.hearPreface(version),
    greeting: (type, fields) => this.hearGreeting(type, fields),
    stranger: (begin) => this.hearStranger(begin),
  })
  #replies: Buffer[] = []
  #state: HandshakeState = 'going'
  #refusal: refusals.Refusal | undefined

  get state(): HandshakeState {
    return this.#state
  }

  /** Set where `state` is `refused`. */
  get refusal(): refusals.Refusal | undefined {
    return this.#refusal
  }

  /** Never throws. Returns the index of the first byte not consumed: once it is accepted they are not the handshake's. */
  read(bytes: Buffer, start: number, end: number): number {
    return this.#reader.read(bytes, start, end)
  }

  /** What is to be sent now; also where it was refused, before the connection is closed. */
  takeReply(): Buffer | undefined {
    if (this.#replies.length === 0) return undefined
    const reply = Buffer.concat(this.#replies)
    this.#replies = []
    return reply
  }

  protected abstract hearPreface(version: number): void
  protected abstract hearGreeting(type: number, fields: Fields): void
  /** @param begin how it begins, in latin1 */
  protected abstract hearStranger(begin: string): void

  protected say(bytes: Buffer): void {
    this.#replies.push(bytes)
  }

  protected accept(): void {
    this.#state = 'accepted'
    this.#reader.stop()
  }

  /** @param tell false where the other end has said it itself, or would not understand */
  protected refuse(refusal: refusals.Refusal, tell: boolean): void {
    this.#state = 'refused'
    this.#refusal = refusal
    this.#reader.stop()
    if (tell) this.say(greeting(frameType.refuse, { ...refusal }))
  }
}

interface DialOptions extends BalancerHello {
  readonly secret: string | undefined
}

/** The balancer's side. `first` is sent at once, replies as they come; `accepted` once the loop has said ACCEPT. */
export class DialHandshake extends Handshake {
  readonly first: Buffer
  readonly #options: DialOptions
  readonly #nonce: string
  #peer: LoopHello | undefined

  /** @param nonce 32 random bytes */
  constructor(options: DialOptions, nonce: Buffer) {
    super()
    const { id, mode, keepAliveMs, secret } = options
    this.#options = options
    this.#nonce = nonce.toString('hex')
    this.first = Buffer.concat([
      preface,
      greeting(frameType.hello, { id, mode, nonce: this.#nonce, keepAliveMs, secret: secret !== undefined }),
    ])
  }

  get peer(): LoopHello | undefined {
    return this.#peer
  }

  protected override hearPreface(version: number): void {
    // HTTP behind a handshake is the same in all versions.
    if (version !== protocolVersion && this.#options.mode === 'link') this.refuse(refusals.otherVersion(version), false)
  }

  protected override hearGreeting(type: number, fields: Fields): void {
    if (type === frameType.refuse) this.refuse(refusals.readRefusal(fields), false)
    else if (type === frameType.hello && this.#peer === undefined) this.#hello(fields)
    else if (type === frameType.accept && this.#peer !== undefined) this.accept()
    else this.refuse(refusals.noLoop(''), false)
  }

  protected override hearStranger(begin: string): void {
    this.refuse(this.#peer === undefined ? refusals.noLoop(begin) : refusals.noLoop(''), false)
  }

  #hello({ loop, state, nonce, proof }: Fields): void {
    const { secret } = this.#options
    if (typeof loop !== 'string' || !isState(state) || !isNonce(nonce)) return this.refuse(refusals.noLoop(''), false)
    this.#peer = { loop, state }
    if (secret === undefined) {
      if (proof !== undefined) this.refuse(refusals.loopWantsSecret, true)
      return
    }
    // Whoever listens there must know the secret too, or it would be given our clients' requests.
    if (proof === undefined) return this.refuse(refusals.loopHasNoSecret, false)
    if (!proves(proof, prove(secret, 'loop', this.#nonce, nonce))) return this.refuse(refusals.wrongSecret, true)
    this.say(greeting(frameType.auth, { proof: prove(secret, 'balancer', nonce, this.#nonce) }))
  }
}

interface AcceptOptions extends LoopHello {
  readonly secret: string | undefined
}

/** The loop's side. Bytes from the first of the connection on; replies are sent as they come. */
export class AcceptHandshake extends Handshake {
  readonly #options: AcceptOptions
  readonly #nonce: string
  #version = protocolVersion
  #peer: BalancerHello | undefined
  #theirNonce = ''

  /** @param nonce 32 random bytes */
  constructor(options: AcceptOptions, nonce: Buffer) {
    super()
    this.#options = options
    this.#nonce = nonce.toString('hex')
  }

  /** To be believed only where `state` is `accepted`. */
  get peer(): BalancerHello | undefined {
    return this.#peer
  }

  protected override hearPreface(version: number): void {
    this.#version = version
    this.say(preface)
  }

  protected override hearGreeting(type: number, fields: Fields): void {
    if (type === frameType.refuse) this.refuse(refusals.readRefusal(fields), false)
    else if (type === frameType.hello && this.#peer === undefined) this.#hello(fields)
    else if (type === frameType.auth && this.#peer !== undefined) this.#auth(fields)
    else this.refuse(refusals.noBalancer, true)
  }

  protected override hearStranger(): void {
    this.refuse(refusals.noBalancer, false)
  }

  #hello({ id, mode, keepAliveMs, nonce, secret: hasSecret }: Fields): void {
    const { loop, state, secret } = this.#options
    if (typeof id !== 'string' || (mode !== 'link' && mode !== 'http') || !isDuration(keepAliveMs) || !isNonce(nonce)) {
      return this.refuse(refusals.noBalancer, true)
    }
    if (this.#version !== protocolVersion && mode === 'link') {
      return this.refuse(refusals.balancerOfOtherVersion(this.#version), true)
    }
    this.#peer = { id, mode, keepAliveMs }
    this.#theirNonce = nonce
    if (secret === undefined) {
      if (hasSecret === true) return this.refuse(refusals.loopHasNoSecret, true)
      this.say(greeting(frameType.hello, { loop, state, nonce: this.#nonce }))
      return this.accept()
    }
    if (hasSecret !== true) return this.refuse(refusals.loopWantsSecret, true)
    this.say(greeting(frameType.hello, { loop, state, nonce: this.#nonce, proof: prove(secret, 'loop', nonce, this.#nonce) }))
  }

  #auth({ proof }: Fields): void {
    if (!proves(proof, prove(this.#options.secret!, 'balancer', this.#nonce, this.#theirNonce))) {
      return this.refuse(refusals.wrongSecret, true)
    }
    this.accept()
  }

  protected override accept(): void {
    this.say(greeting(frameType.accept))
    super.accept()
  }
}

const isState = (value: unknown): value is LoopHello['state'] => value === 'starting' || value === 'ready' || value === 'draining'

const isDuration = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0
