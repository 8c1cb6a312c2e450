import { createHash } from 'node:crypto'

import type { Settings } from '../../config/schema.ts'
import type { Clock } from '../../core/sources.ts'
import type { TrustedAddresses } from '../../core/trusted-addresses.ts'
import { clientBehind } from '../client-behind.ts'
import { RateLimiter } from './rate-limiter.ts'

// A token fits, and ten thousand of the longest are a few megabytes.
const longestKey = 256

/** How often each client may come, on either lane: tells clients apart, and asks the limiter. */
export class ClientLimit {
  /** The header that tells clients apart, in lower case; undefined where their addresses do. */
  readonly header: string | undefined
  readonly #limiter: RateLimiter
  readonly #trusted: TrustedAddresses

  constructor(header: string | undefined, limiter: RateLimiter, trusted: TrustedAddresses) {
    this.header = header
    this.#limiter = limiter
    this.#trusted = trusted
  }

  /**
   * Counts a request. Returns 0 where it is admitted, else in how many whole seconds the client may come again, at least 1.
   * @param peer the connection's other end
   * @param forwardedFor as a trusted proxy gives it to the loop; undefined where the client is not trusted
   * @param value of the header that tells clients apart
   */
  admit(peer: string, forwardedFor: string | undefined, value: string | undefined): number {
    const waitMs = this.#limiter.admit(this.#keyOf(peer, forwardedFor, value))
    return waitMs === 0 ? 0 : Math.max(1, Math.ceil(waitMs / 1_000))
  }

  #keyOf(peer: string, forwardedFor: string | undefined, value: string | undefined): string {
    // Nobody can use up the share of an address by naming it in a header.
    if (value !== undefined && value !== '') return bounded(`=${value}`)
    const behind = clientBehind(peer, forwardedFor, this.#trusted)
    return behind === undefined ? peer : bounded(behind)
  }
}

/** The limit that settings ask for; undefined where they ask for none. */
export function createClientLimit(
  settings: Settings['rateLimit'],
  balancers: number,
  trusted: TrustedAddresses,
  clock: Clock,
): ClientLimit | undefined {
  const { requests, per, clients, by, header } = settings
  if (requests === 0) return undefined
  // A client's connections fall to one balancer or another: together they let through what one would.
  const share = (count: number): number => Math.max(1, count / balancers)
  const limiter = new RateLimiter({ requests: share(requests), per, burst: share(settings.burst || requests), clients }, clock)
  return new ClientLimit(by === 'header' ? header.toLowerCase() : undefined, limiter, trusted)
}

/** What is kept of text that a client can make as long as a header; of a part of such text a copy, or the whole would be kept. */
function bounded(key: string): string {
  if (key.length > longestKey) return createHash('sha256').update(key, 'latin1').digest('base64')
  return Buffer.from(key, 'latin1').toString('latin1')
}
