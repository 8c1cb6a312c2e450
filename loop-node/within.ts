import type { LoopOptions } from '../config/roles.ts'
import type { Logger } from '../core/log.ts'
import { noChannel, supervisorChannel, type Channel } from './channel.ts'
import type { LoopBoard } from './watchdog/board.ts'
import { Watchdog } from './watchdog/watchdog.ts'
import type { Watcher } from './watchdog/watcher.ts'

/** What a loop runs within: a process of its own, or a thread of one that hosts several. */
export interface Within {
  readonly channel: Channel
  readonly watch: (board: LoopBoard, log: Logger) => Watcher
}

/** The surroundings of a loop that is a process of its own. */
export const ownProcess = ({ id, supervised, sideDoor, settings: { logLevel, blockLimit } }: LoopOptions): Within => ({
  channel: supervised ? supervisorChannel() : noChannel,
  watch: (board, log) => new Watchdog(board, { sideDoor, loop: id, logLevel, blockLimit }, log),
})
