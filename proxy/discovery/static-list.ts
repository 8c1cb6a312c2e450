import { type Address, formatAddress } from '../../core/address.ts'
import type { EndpointIdentity } from '../balancing/endpoint.ts'
import type { Discovery } from './discovery.ts'

/** Addresses that were named and never change. */
export class StaticList implements Discovery {
  readonly #identities: readonly EndpointIdentity[]

  constructor(addresses: readonly Address[], cap: number) {
    this.#identities = addresses.map((address) => foundEndpoint(formatAddress(address), address, cap, 'starting'))
  }

  start(onChange: (identities: readonly EndpointIdentity[]) => void): void {
    onChange(this.#identities)
  }

  stop(): void {}
}

/**
 * One that was found, not started by us: its link, or a probe of an http address, decides when it is ready. Only a
 * loop of ours speaks the link; behind an http address a probe tells.
 */
export const foundEndpoint = (name: string, address: Address, cap: number, state: 'starting' | 'draining'): EndpointIdentity => ({
  key: name,
  loop: name,
  address,
  node: address.lane === 'link',
  cap,
  state,
})
