import { BlockList, isIP, isIPv6 } from 'node:net'

import { RunError } from '../../core/errors.ts'
import type { LinkSecurity } from '../../link/security.ts'
import { servedAddress, type ServeTarget } from '../serve-target.ts'
import type { Certificate } from './doorman.ts'

/** What is asked of those who connect. */
export interface Guard {
  readonly secret: string | undefined
  readonly tls: Certificate | undefined
}

/**
 * What a loop asks of those who connect to one of its addresses: over TCP what it has; over a unix socket nothing, since
 * only its owner can open it.
 * @throws RunError where everyone in the network could connect and nothing would be asked of them
 */
export function guardOf(target: ServeTarget, security: LinkSecurity): Guard {
  if ('path' in target || target.lane === 'http') return { secret: undefined, tls: undefined }
  if (security.secret === undefined && !isLoopback(target.host)) {
    throw new RunError(
      `--serve is ${servedAddress(target)}, which other hosts can reach, and there is no secret: set link.secret (EVENLOOP_LINK_SECRET), the same for balancers and loops, or serve on 127.0.0.1`,
    )
  }
  return { secret: security.secret, tls: security.certificate }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4'))
