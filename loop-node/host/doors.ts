import type { LoopOptions } from '../../config/roles.ts'
import type { Logger } from '../../core/log.ts'
import { readSecurity } from '../../link/security.ts'
import { createDoorman, type Doorman } from '../link/doorman.ts'
import { guardOf } from '../link/guard.ts'
import type { Links } from '../link/links.ts'
import type { ServeTarget } from '../serve-target.ts'
import type { Front } from './front.ts'

/** Who stands at an address of both lanes; undefined at one of the http lane only. Errors are guardOf's. */
export type Doors = (target: ServeTarget) => Doorman | undefined

/** @throws RunError where a file that the setting `link` names cannot be read */
export function createDoors(options: LoopOptions, front: Front, links: Links, log: Logger): Doors {
  const security = readSecurity(options.settings.link)
  return (target) => {
    if (target.lane === 'http') return undefined
    return createDoorman({
      loop: options.id,
      state: () => front.state,
      ...guardOf(target, security),
      onLink: (socket, hello, rest) => {
        front.connections.add(links.open(socket, hello, rest))
      },
      onHttp: (socket) => front.admit(socket),
      onRefused: (refusal) => log.warn({ code: refusal.code }, `a link was refused: ${refusal.message}`),
    })
  }
}
