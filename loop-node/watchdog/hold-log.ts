import { holdFacts, HoldLines } from '../../core/hold-lines.ts'
import { createLog } from '../../core/log.ts'
import type { Hold } from '../../core/messages.ts'
import type { Clock } from '../../core/sources.ts'

/** A loop that runs alone has nobody to tell of its holds: they are lines in its own log. */
export function logHolds(loop: string, logLevel: string, clock: Clock): (hold: Hold) => void {
  const log = createLog(logLevel, 'loop').child({ loop })
  const lines = new HoldLines(clock)
  return (hold) => {
    const line = lines.line(loop, hold)
    if (line !== undefined) log.warn(holdFacts(hold), line)
  }
}
