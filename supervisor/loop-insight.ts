import type { Hold, SupervisorToLoop, SupervisorToWatchdog, WatchdogToSupervisor } from '../core/messages.ts'
import type { StackFrame } from '../core/stack.ts'
import type { Holding } from '../core/status.ts'
import { Asks } from './asks.ts'
import { ClusterError } from './cluster-error.ts'

// On top of the time that a profile takes: it has to be written down, and a busy loop is slow to hear of its end.
const profileGraceMs = 10_000
// On top of the two seconds that the watchdog takes for it at most; a first one starts a thread.
const stackMs = 5_000
// A heap of gigabytes takes its time; the loop serves nothing meanwhile.
const snapshotMs = 120_000

interface InsightParts {
  readonly loop: string
  /** Why it cannot be looked into, as the rest of a sentence; undefined where it can. */
  readonly refusal: () => string | undefined
  readonly toWatchdog: (message: SupervisorToWatchdog) => void
  readonly toLoop: (message: SupervisorToLoop) => void
  /** @param isNew it was not held before */
  readonly onHold: (hold: Hold, isNew: boolean) => void
}

/** What can be learned of one loop process beyond its own reports: what holds it, where its time goes, what is in its memory. */
export class LoopInsight {
  /** What holds the event loop at this moment. */
  holding: Holding | undefined
  readonly #parts: InsightParts
  readonly #profiles = new Asks<string>()
  readonly #stacks = new Asks<readonly StackFrame[]>()
  readonly #snapshots = new Asks<void>()
  #hasWatchdog = true
  /** The present hold is that of a snapshot being written. */
  #isSnapshot = false

  constructor(parts: InsightParts) {
    this.#parts = parts
  }

  /** This hold goes on, and not a later one. */
  isStillHeld({ forMs }: Hold): boolean {
    return this.holding !== undefined && this.holding.forMs >= forMs
  }

  /**
   * Takes a CPU profile, also while a handler holds the loop.
   * @returns the text of a .cpuprofile
   * @throws ClusterError UNAVAILABLE where the loop cannot be asked, TIMEOUT where it does not answer
   */
  profile(seconds: number): Promise<string> {
    this.#mustAnswer()
    if (!this.#hasWatchdog) throw this.#noWatchdog()
    const late = () =>
      new ClusterError(
        'TIMEOUT',
        this.#say('gave no profile in time: it waits in a call that is not JavaScript, or its process is stopped'),
      )
    return this.#profiles.ask(seconds * 1_000 + profileGraceMs, late, (ask) => this.#parts.toWatchdog({ type: 'profile', ask, seconds }))
  }

  /**
   * What the loop's thread executes now, the innermost call first, also while a handler holds it.
   * @throws ClusterError UNAVAILABLE where it cannot be asked or does not execute JavaScript, TIMEOUT where its watchdog does not answer
   */
  async stack(): Promise<readonly StackFrame[]> {
    this.#mustAnswer()
    if (!this.#hasWatchdog) throw this.#noWatchdog()
    const late = () => new ClusterError('TIMEOUT', this.#say('gave no stack in time: its process is stopped, or the machine is overloaded'))
    return await this.#stacks.ask(stackMs, late, (ask) => this.#parts.toWatchdog({ type: 'stack', ask }))
  }

  /**
   * Writes a heap snapshot to a file; the loop serves nothing meanwhile.
   * @throws ClusterError UNAVAILABLE where the loop cannot be asked or the file cannot be written, TIMEOUT where it takes too long
   */
  snapshot(path: string): Promise<void> {
    this.#mustAnswer()
    if (this.holding !== undefined)
      throw new ClusterError('UNAVAILABLE', this.#say('is held by a handler and cannot be asked; a CPU profile shows what it does'))
    const late = () => new ClusterError('TIMEOUT', this.#say(`has not written its snapshot within ${snapshotMs / 1_000} s`))
    return this.#snapshots.ask(snapshotMs, late, (ask) => this.#parts.toLoop({ type: 'snapshot', ask, path }))
  }

  /** Something came from the watchdog. */
  hear(message: WatchdogToSupervisor): void {
    if (message.type === 'hold') {
      const { forMs, over } = message
      this.#isSnapshot ||= this.#snapshots.isOpen
      // Whoever asked for the snapshot knows what holds the loop; the routes with open requests have no part in it.
      const routes = this.#isSnapshot ? [] : message.routes
      const isNew = this.holding === undefined
      this.holding = over ? undefined : { routes, forMs }
      if (!this.#isSnapshot) this.#parts.onHold({ routes, forMs, over }, isNew)
      if (over) this.#isSnapshot = false
    } else if (message.type === 'stack') {
      if (message.frames !== undefined) this.#stacks.answer(message.ask, message.frames)
      else this.#stacks.fail(message.ask, new ClusterError('UNAVAILABLE', this.#say(`gave no stack: ${message.error}`)))
    } else if (message.profile !== undefined) this.#profiles.answer(message.ask, message.profile)
    else this.#profiles.fail(message.ask, new ClusterError('UNAVAILABLE', this.#say(`gave no profile: ${message.error}`)))
  }

  /** Its thread has ended, or the app has closed its channel: holds are not heard of any more. */
  watchdogEnded(): void {
    this.#hasWatchdog = false
    this.holding = undefined
    this.#profiles.end(this.#noWatchdog())
    this.#stacks.end(this.#noWatchdog())
  }

  snapshotEnded(ask: number, error: string | undefined): void {
    if (error === undefined) this.#snapshots.answer(ask)
    else this.#snapshots.fail(ask, new ClusterError('UNAVAILABLE', this.#say(`wrote no snapshot: ${error}`)))
  }

  /** The process is gone. */
  end(): void {
    this.holding = undefined
    const gone = new ClusterError('UNAVAILABLE', this.#say('ended'))
    this.#profiles.end(gone)
    this.#stacks.end(gone)
    this.#snapshots.end(gone)
  }

  #mustAnswer(): void {
    const refusal = this.#parts.refusal()
    if (refusal !== undefined) throw new ClusterError('UNAVAILABLE', this.#say(refusal))
  }

  #noWatchdog(): ClusterError {
    return new ClusterError('UNAVAILABLE', this.#say('has ended, or its watchdog has; see the log. A drain brings a loop that has one'))
  }

  #say(what: string): string {
    return `loop ${this.#parts.loop} ${what}`
  }
}
