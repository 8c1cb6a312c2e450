import { addressForms, parseAddress, type Address } from '../../core/address.ts'
import { UsageError } from '../../core/errors.ts'
import type { Logger } from '../../core/log.ts'
import type { EndpointIdentity } from '../balancing/endpoint.ts'
import type { Discovery } from './discovery.ts'
import { DnsDiscovery } from './dns.ts'
import { StaticList } from './static-list.ts'

/**
 * One discovery for all addresses given to a balancer.
 * @param cap requests each endpoint may hold at once; 0 sets no cap
 * @throws UsageError when a text is no ADDRESS
 */
export function createDiscovery(upstreams: readonly string[], cap: number, log: Logger): Discovery {
  const addresses = upstreams.map(readUpstream)
  const named = addresses.filter((address) => address.kind !== 'dns')
  const names = addresses.filter((address) => address.kind === 'dns')
  return new Combined([new StaticList(named, cap), ...names.map((target) => new DnsDiscovery(target, { cap, log }))])
}

/** Several sources as one. */
class Combined implements Discovery {
  readonly #sources: readonly Discovery[]

  constructor(sources: readonly Discovery[]) {
    this.#sources = sources
  }

  start(onChange: (identities: readonly EndpointIdentity[]) => void): void {
    const found: (readonly EndpointIdentity[])[] = this.#sources.map(() => [])
    for (const [index, source] of this.#sources.entries()) {
      source.start((identities) => {
        found[index] = identities
        onChange(found.flat())
      })
    }
  }

  stop(): void {
    for (const source of this.#sources) source.stop()
  }
}

function readUpstream(text: string): Address {
  const address = parseAddress(text)
  if (address === undefined) throw new UsageError(`--upstream is ${text}; accepted: ${addressForms}`)
  return address
}
