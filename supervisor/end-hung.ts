import type { Endpoints } from './endpoints.ts'
import type { LoopProcess } from './loop-process.ts'

// Balancers apply what they hear at once. One that does not is held itself, and is not waited for.
const applyMs = 1_000

/**
 * Ends a loop that a handler holds without end. It could not drain, so it is killed; the balancers learn before which of its requests
 * must not be given to another loop, and of its successor if there is one.
 */
export async function endHung(process: LoopProcess, endpoints: Endpoints, successor?: LoopProcess): Promise<void> {
  process.state = 'draining'
  const leaving = process.endpoint('draining')
  await endpoints.apply(successor === undefined ? [leaving] : [successor.endpoint('ready'), leaving], applyMs)
  process.kill()
  await process.exited
}
