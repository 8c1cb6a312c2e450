import type { TrustedAddresses } from '../core/trusted-addresses.ts'

/**
 * The client behind trusted proxies: the last address in X-Forwarded-For that is none of theirs, since what stands before it anyone can
 * have written. Undefined where the connection's other end is the client.
 */
export function clientBehind(peer: string, forwardedFor: string | undefined, trusted: TrustedAddresses): string | undefined {
  if (forwardedFor === undefined || forwardedFor === peer || !trusted.has(peer)) return undefined
  const hops = forwardedFor.split(',').map((hop) => hop.trim())
  return hops.findLast((hop) => !trusted.has(hop)) ?? hops[0]
}
