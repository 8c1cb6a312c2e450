import type { RequestOptions } from 'node:http'
import type { NetConnectOpts } from 'node:net'

import type { Address } from '../core/address.ts'

/** Where `net.connect` finds an address. */
export function connectOptions(address: Address): NetConnectOpts {
  if (address.kind === 'unix') return { path: address.path }
  return { host: address.kind === 'tcp' ? address.host : address.name, port: address.port }
}

/** Where `http.request` finds it. */
export function requestTarget(address: Address): RequestOptions {
  if (address.kind === 'unix') return { socketPath: address.path }
  return { host: address.kind === 'tcp' ? address.host : address.name, port: address.port }
}
