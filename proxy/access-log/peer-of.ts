import type { Socket } from 'node:net'

import { plainAddress } from '../../core/trusted-addresses.ts'
import type { Peer } from './access-log.ts'

/** The other end of a connection, as the access log shows it. */
export function peerOf({ remoteAddress, remotePort = 0 }: Socket): Peer {
  return { address: remoteAddress === undefined ? 'unknown' : plainAddress(remoteAddress), port: remotePort }
}
