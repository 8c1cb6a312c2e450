import { BlockList, isIPv4, isIPv6 } from 'node:net'

import { UsageError } from './errors.ts'

/** The addresses whose forwarded headers are believed. */
export class TrustedAddresses {
  readonly #v4 = new BlockList()
  readonly #v6 = new BlockList()

  /**
   * @param ranges IP addresses and CIDR ranges
   * @throws UsageError when one is neither
   */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) this.#add(range)
  }

  /** Undefined is the address of a client that has gone, or of a unix socket: never trusted. */
  has(address: string | undefined): boolean {
    if (address === undefined) return false
    const plain = plainAddress(address)
    return plain.includes(':') ? this.#v6.check(plain, 'ipv6') : this.#v4.check(plain, 'ipv4')
  }

  #add(range: string): void {
    const [, base = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range) ?? []
    const width = isIPv4(base) ? 32 : 128
    const bits = prefix === undefined ? width : Number(prefix)
    if (!(isIPv4(base) || isIPv6(base)) || bits > width) {
      throw new UsageError(
        `trustedProxies has ${JSON.stringify(range)}; accepted: an IP address or a CIDR range, such as 10.0.0.0/8 or fd00::/8`,
      )
    }
    if (width === 32) this.#v4.addSubnet(base, bits, 'ipv4')
    else this.#v6.addSubnet(base, bits, 'ipv6')
  }
}

/** An address as people write it: a socket that listens on `::` shows IPv4 clients as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7)
  const zone = address.indexOf('%')
  return zone === -1 ? address : address.slice(0, zone)
}
