import { createHmac, timingSafeEqual } from 'node:crypto'

/** Random bytes of either end: an old proof says nothing in a new handshake. */
export const nonceBytes = 32

/** Whose proof it is: the same secret must not let one end send the other's own proof back. */
export type Prover = 'loop' | 'balancer'

/** Shows that its sender knows the secret, without showing the secret. Nonces and result are in lower-case hex. */
export const prove = (secret: string, prover: Prover, theirNonce: string, ownNonce: string): string =>
  createHmac('sha256', secret).update(`evenloop ${prover}\0${theirNonce}\0${ownNonce}`).digest('hex')

/** Takes as long for a nearly right proof as for a wrong one, so that it cannot be guessed byte by byte. */
export function proves(proof: unknown, expected: string): boolean {
  if (typeof proof !== 'string' || !/^[0-9a-f]{64}$/.test(proof)) return false
  return timingSafeEqual(Buffer.from(proof), Buffer.from(expected))
}

export const isNonce = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
