import { isIP } from 'node:net'

import { TrustedAddresses } from '../../core/trusted-addresses.ts'

/**
 * Tells Fastify whose x-forwarded-* to believe: the balancer, which is the nearest hop, and the proxies before
 * it that the operator trusts. Believing every hop would let a client choose its own address.
 */
export function trustedHops(trustedProxies: readonly string[]): (address: string | undefined, hop: number) => boolean {
  // A BlockList makes an object in native memory for every address it is asked about.
  if (trustedProxies.length === 0) return (_address, hop) => hop === 0
  // A loop must start whatever it is told; settings were checked where they were read.
  const trusted = new TrustedAddresses(trustedProxies.filter((range) => isIP(range.split('/', 1)[0]!) !== 0))
  // What stands in the header may be no address at all.
  return (address, hop) => hop === 0 || (address !== undefined && isIP(address) !== 0 && trusted.has(address))
}
