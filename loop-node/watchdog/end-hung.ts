import { createLog } from '../../core/log.ts'
import { who, holdFacts, seconds } from '../../core/hold-lines.ts'
import type { Hold } from '../../core/messages.ts'
import { ownLine, stackLines } from '../../core/stack.ts'
import type { Inspector } from './inspector.ts'

const killMs = 1_000

/**
 * Ends a loop that runs alone when one hold lasts for `blockLimit` milliseconds, and logs where it hangs. It serves nobody any more,
 * and whoever started it can start it again.
 * @param blockLimit 0 for never
 */
export function endHung(loop: string, logLevel: string, blockLimit: number, inspector: Inspector): (hold: Hold) => void {
  const log = createLog(logLevel, 'loop').child({ loop })
  let ending = false
  return (hold) => {
    if (ending || blockLimit === 0 || hold.over || hold.forMs < blockLimit) return
    ending = true
    const message = `loop ${loop} has been held for ${seconds(hold.forMs)} by ${who(hold.routes)}, and ends`
    void inspector
      .stack()
      .then(
        (frames) => log.error({ ...holdFacts(hold), stack: stackLines(frames) }, `${message}; it hangs at ${ownLine(frames)}`),
        (error: Error) => log.error(holdFacts(hold), `${message}; where it hangs is not known: ${error.message}`),
      )
      .then(() => {
        // First from within: a container's only process, its number 1, cannot be killed by itself.
        inspector.exit()
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), killMs)
      })
  }
}
