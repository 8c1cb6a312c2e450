import net from 'node:net'

/**
 * Tells Fastify whose x-forwarded-* to believe: the balancer, which is the nearest hop, and the proxies before
 * it that the operator trusts. Believing every hop would let a client choose its own address.
 */
export function trustedHops(trustedProxies: readonly string[]): (address: string | undefined, hop: number) => boolean {
  // A BlockList makes an object in native memory for every address it is asked about.
  if (trustedProxies.length === 0) return (_address, hop) => hop === 0
  const trusted = new net.BlockList()
  for (const proxy of trustedProxies) {
    const [address, bits] = proxy.split('/') as [string, string | undefined]
    const family = net.isIPv6(address) ? 'ipv6' : 'ipv4'
    if (net.isIP(address) === 0) continue
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  return (address, hop) =>
    hop === 0 || (address !== undefined && net.isIP(address) !== 0 && trusted.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4'))
}
