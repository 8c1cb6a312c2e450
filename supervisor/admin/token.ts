import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

import type { Clock } from '../../core/sources.ts'

export const cookieName = 'evenloop_admin'

export type Verdict = 'right' | 'missing' | 'wrong' | 'limited'

/** What a request brought along to be let in. */
export interface Credentials {
  /** The header fields of these names. */
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
  /** From the link that opens the console. */
  readonly token?: string | undefined
}

// Enough for slips of the pen; a guesser gets nowhere with it.
const guessesInWindow = 10
const windowMs = 60_000
// Who has that many addresses shares one count for the rest of them: the memory for counting is bounded.
const countedAddresses = 1_000

/** Tells whether a request may see and steer the cluster. Who guesses is stopped for the rest of the minute. */
export class TokenGate {
  /** What the console's cookie holds: not the token, which would lie in browsers and, as cookies know no ports, reach other servers of the host. */
  readonly cookieValue: string
  readonly #token: Buffer
  readonly #cookie: Buffer
  readonly #clock: Clock
  /** Different wrong ones of this window, by address. */
  readonly #guesses = new Map<string, Set<string>>()
  #windowBegan: number

  constructor(token: string, clock: Clock) {
    this.cookieValue = createHmac('sha256', token).update('evenloop admin cookie').digest('hex')
    this.#token = digest(token)
    this.#cookie = digest(this.cookieValue)
    this.#clock = clock
    this.#windowBegan = clock.now()
  }

  /** @param address of the client */
  check(address: string, { authorization, cookie, token }: Credentials): Verdict {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    const tokens = [token, bearer].filter((one) => one !== undefined).map(digest)
    const cookies = readCookies(cookie).map(digest)
    if (tokens.length + cookies.length === 0) return 'missing'
    const guesses = this.#guessesOf(address)
    if (guesses.size >= guessesInWindow) return 'limited'
    if (tokens.some((one) => timingSafeEqual(one, this.#token)) || cookies.some((one) => timingSafeEqual(one, this.#cookie))) return 'right'
    // The same one again is no further guess: a page left open with an old cookie must not lock its user out.
    for (const one of [...tokens, ...cookies]) if (guesses.size < guessesInWindow) guesses.add(one.toString('base64'))
    return 'wrong'
  }

  /** Seconds until guesses are looked at again. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#windowBegan + windowMs - this.#clock.now()) / 1000))
  }

  #guessesOf(address: string): Set<string> {
    const now = this.#clock.now()
    if (now - this.#windowBegan >= windowMs) {
      this.#guesses.clear()
      this.#windowBegan = now
    }
    const known = this.#guesses.get(address)
    if (known !== undefined) return known
    const name = this.#guesses.size < countedAddresses ? address : 'others'
    const guesses = this.#guesses.get(name) ?? new Set()
    this.#guesses.set(name, guesses)
    return guesses
  }
}

/** A token for a cluster whose operator chose none. */
export const newToken = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Every value of our cookie: another path or domain may have set one of the same name. */
function readCookies(header: string | undefined): string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.trim().split('=')
    return name === cookieName && value !== undefined ? [value] : []
  })
}
