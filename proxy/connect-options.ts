import type { NetConnectOpts } from 'node:net'

import type { Address } from '../core/address.ts'

/** Where `net.connect` finds an address. */
export function connectOptions(address: Address): NetConnectOpts {
  if (address.kind === 'unix') return { path: address.path }
  return { host: address.kind === 'tcp' ? address.host : address.name, port: address.port }
}
