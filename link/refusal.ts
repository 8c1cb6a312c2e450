import type { Fields } from './greeting.ts'
import { protocolVersion } from './frame.ts'

const codes = ['version', 'secret', 'protocol', 'unavailable'] as const

/** Why a handshake came to nothing. The message is for operators: cause and remedy. */
export interface Refusal {
  readonly code: (typeof codes)[number]
  readonly message: string
}

/** What the other end gives as its reason; a code of a later version is read as `unavailable`. */
export function readRefusal({ code, message }: Fields): Refusal {
  return {
    code: codes.find((known) => known === code) ?? 'unavailable',
    // It goes into our log: a stranger must not write lines there.
    message: typeof message === 'string' ? message.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 500) : 'it was refused without a reason',
  }
}

const secretKey = 'link.secret (EVENLOOP_LINK_SECRET)'

export const otherVersion = (theirs: number): Refusal => ({
  code: 'version',
  message: `the loop speaks version ${theirs} of the link, this balancer version ${protocolVersion}: run the same evenloop on both; HTTP is used meanwhile`,
})

export const balancerOfOtherVersion = (theirs: number): Refusal => ({
  code: 'version',
  message: `the balancer speaks version ${theirs} of the link, this loop version ${protocolVersion}: run the same evenloop on both`,
})

export const loopWantsSecret: Refusal = {
  code: 'secret',
  message: `the loop asks for a secret and the balancer has none: set ${secretKey} of the balancer to that of the loop`,
}

export const loopHasNoSecret: Refusal = {
  code: 'secret',
  message: `the balancer has a secret and the loop has none: set ${secretKey} of the loop to that of the balancer`,
}

export const wrongSecret: Refusal = {
  code: 'secret',
  message: `balancer and loop have different secrets: set ${secretKey} of both to the same value`,
}

/** @param begin how it begins, in latin1 */
export function noLoop(begin: string): Refusal {
  const what = begin !== '' && 'HTTP/'.startsWith(begin.slice(0, 5)) ? 'an HTTP server, not a loop' : 'something that is not a loop'
  return { code: 'protocol', message: `there is ${what} at this address: give it as http://HOST:PORT or http+unix:PATH` }
}

export const noBalancer: Refusal = { code: 'protocol', message: 'what connected does not speak the link of evenloop' }

export const noHandshake: Refusal = {
  code: 'secret',
  message: `plain HTTP is closed where the loop has a secret: connect with evenloop balancer and set ${secretKey} of it`,
}

export const noTls: Refusal = {
  code: 'secret',
  message: 'a connection without TLS is closed where the loop has a certificate: set link.ca of the balancer',
}

export const noCertificate: Refusal = {
  code: 'secret',
  message:
    'the balancer speaks TLS and the loop has no certificate: set link.cert and link.key of the loop, or unset link.ca of the balancer',
}

export const tooSlow: Refusal = { code: 'protocol', message: 'the handshake took too long' }
