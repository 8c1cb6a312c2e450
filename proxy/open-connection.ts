import net, { type NetConnectOpts, type Socket } from 'node:net'
import tls, { type ConnectionOptions } from 'node:tls'

import type { Address } from '../core/address.ts'
import { dialHttp } from '../link/dial-http.ts'
import { type LinkSecurity, noSecurity } from '../link/security.ts'
import { connectOptions } from './connect-options.ts'

/**
 * Opens a connection for HTTP, in the manner of http.request's createConnection: returned at once where HTTP can be spoken
 * from the first byte, otherwise given to `done` once the loop has let it in. An error whose syscall is `connect` means that
 * nothing of a request has left.
 */
export type OpenHttp = (address: Address, done: (error: NodeJS.ErrnoException | null, socket: Socket) => void) => Socket | undefined

/** @param id the balancer's, for the loop's log */
export function httpOpener(id: string, security: LinkSecurity): OpenHttp {
  return (address, done) => {
    const to = connectOptions(address)
    const { secret, ca } = guardsOf(address, security)
    if (secret === undefined && ca === undefined) {
      const socket = net.connect(to)
      socket.setNoDelay(true)
      return socket
    }
    dialHttp({ to, tls: ca === undefined ? undefined : tlsOptions(address, ca), secret, id }, done)
    return undefined
  }
}

/** Where a connection's input goes instead of to `data` events. */
interface OnRead {
  /** The memory to read into from now on; undefined keeps the last. */
  readonly buffer: () => Buffer | undefined
  /** False pauses reading. */
  readonly callback: (count: number, bytes: Buffer) => boolean
}

/** Opens a connection for a link: the handshake is still to come. */
export function openLink(address: Address, security: LinkSecurity, onread: OnRead): Socket {
  const { ca } = guardsOf(address, security)
  const to = { ...connectOptions(address), onread } as NetConnectOpts
  const socket = ca === undefined ? net.connect(to) : tls.connect({ ...to, ...tlsOptions(address, ca) })
  socket.setNoDelay(true)
  return socket
}

/** A unix socket is its owner's alone, and a server that is no loop knows neither secret nor our authority. */
const guardsOf = (address: Address, security: LinkSecurity): LinkSecurity =>
  address.lane === 'link' && address.kind !== 'unix' ? security : noSecurity

function tlsOptions(address: Address, ca: string): ConnectionOptions {
  const host = address.kind === 'tcp' ? address.host : ''
  return {
    ca,
    // A name, never an address (RFC 6066 3).
    ...(host === '' || net.isIP(host) !== 0 ? {} : { servername: host }),
    // Loops come and go under addresses that no certificate knows beforehand: the authority is the cluster's own and signs
    // loops only.
    checkServerIdentity: () => undefined,
  }
}
