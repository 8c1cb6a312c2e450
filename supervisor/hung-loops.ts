import type { Hold } from '../core/messages.ts'
import { holdFacts, seconds, who } from '../core/hold-lines.ts'
import type { Clock } from '../core/sources.ts'
import { ownLine, stackLines, type StackFrame } from '../core/stack.ts'
import type { Endpoints } from './endpoints.ts'
import type { LoopProcess } from './loop-process.ts'
import type { Notices } from './notices/notices.ts'

// A loop reports once a second.
const frozenMs = 5_000

interface HungLoopsParts {
  /** Milliseconds; 0 for never. */
  readonly blockLimit: number
  readonly clock: Clock
  readonly notices: Notices
  readonly endpoints: Endpoints
  /** Puts another in its place; settles when that is done, or was not. */
  readonly replace: (process: LoopProcess) => Promise<void>
}

/** Sees which loops one hold has kept for longer than `blockLimit`, tells where each hangs, and has it replaced. */
export class HungLoops {
  readonly #parts: HungLoopsParts
  readonly #known = new WeakSet<LoopProcess>()

  constructor(parts: HungLoopsParts) {
    this.#parts = parts
  }

  /** A watchdog says that this loop is held. */
  heard(process: LoopProcess, hold: Hold): void {
    const { blockLimit, clock } = this.#parts
    if (this.#known.has(process) || !isHung(process, hold, blockLimit, clock.now())) return
    this.#known.add(process)
    void this.#end(process, hold)
  }

  /** Looks for those that a balancer waits for and of which nothing is heard: a process that was stopped has no watchdog to say so. */
  look(processes: Iterable<LoopProcess>): void {
    const { blockLimit, clock, endpoints } = this.#parts
    for (const process of processes) {
      const forMs = clock.now() - process.heardAt
      if (forMs < Math.max(blockLimit, frozenMs) || this.#known.has(process) || !endpoints.isBlocked(process.identity.key)) continue
      process.frozen = { routes: [], forMs, over: false }
      this.heard(process, process.frozen)
    }
  }

  async #end(process: LoopProcess, hold: Hold): Promise<void> {
    const { notices, endpoints, replace } = this.#parts
    const { id: loop } = process.identity
    // Before anything is done to it: this is what the operator wants to know.
    const stack = await process.insight.stack().catch((error: Error) => error.message)
    // It ended or runs again: what was seen is not what held it.
    if (!process.isStillHeld(hold)) return void this.#known.delete(process)
    process.hung = hold
    const draining = process.state === 'draining'
    const held = `loop ${loop} has been held for ${seconds(hold.forMs)} by ${who(hold.routes)}`
    const message = `${held} and ${draining ? 'is ended at the limit of its drain' : 'is replaced'}; ${whereItHangs(stack)}`
    const facts = { ...holdFacts(hold), pid: process.pid, ...(typeof stack === 'string' ? {} : { stack: stackLines(stack) }) }
    notices.tell({ kind: 'replace', severity: 'error', loop, message }, facts)
    // Its requests are lost at that limit. What has hung it must not hang its successor.
    if (draining) return endpoints.update([process.endpoint('draining')])
    // A process that is stopped starts nothing; one with a thread that waits in the system may have to be ended with it.
    if (typeof stack === 'string') process.abandonProcess()
    await replace(process)
    this.#known.delete(process)
  }
}

/** Whether a loop that serves, or drains, is held for longer than anyone waits. What holds it while it starts is startTimeout's matter. */
export function isHung(
  { state, readyAt }: Pick<LoopProcess, 'state' | 'readyAt'>,
  { forMs, over }: Hold,
  blockLimit: number,
  now: number,
): boolean {
  if (blockLimit === 0 || over || forMs < blockLimit || readyAt === undefined || now - readyAt < blockLimit) return false
  return state === 'ready' || state === 'draining'
}

function whereItHangs(stack: readonly StackFrame[] | string): string {
  if (typeof stack === 'string') return `where it hangs is not known: ${stack}`
  return `it hangs at ${ownLine(stack) ?? 'no call of JavaScript'}`
}
