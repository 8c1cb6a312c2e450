import type { EndpointSpec, ErrorText, Hold, LoopReport, LoopState, LoopToSupervisor, SupervisorToLoop } from '../core/messages.ts'
import type { Clock } from '../core/sources.ts'
import { describeExit, type Child, type ChildExit, type ChildHooks } from './child-process.ts'
import { Collection } from './collection.ts'
import { LastHold } from './last-hold.ts'
import { LoopInsight } from './loop-insight.ts'
import { readWatchdogWords } from './watchdog-words.ts'

/** How a start went. */
export type StartOutcome =
  | { readonly ready: true }
  | {
      readonly ready: false
      readonly error: ErrorText
      /** The loop said so itself or never came up: the next try would go the same way. False for a bare exit. */
      readonly certain: boolean
    }

export interface LoopIdentity {
  /** Names this process for its whole life: `ID.GENERATION.N`. */
  readonly key: string
  readonly id: string
  readonly generation: number
}

export interface LoopLimits {
  readonly startTimeout: number
  /** Bytes; 0 sets no limit. */
  readonly memoryLimit: number
  /** Requests it holds at once; 0 sets no cap. */
  readonly concurrency: number
}

export interface LoopProcessOptions {
  readonly identity: LoopIdentity
  readonly limits: LoopLimits
  /** It belongs to the pool of sync workers for blocking routes. */
  readonly forBlocking: boolean
  /** Which of its process's threads it is; undefined for a process of its own. */
  readonly thread?: number | undefined
  readonly clock: Clock
  readonly spawn: (hooks: Pick<ChildHooks<LoopToSupervisor>, 'message' | 'side' | 'sideClosed' | 'exit'>) => Child<SupervisorToLoop>
  /** Its memory was above the limit in three reports in a row. */
  readonly onMemory: (process: LoopProcess) => void
  /** It has told how it fares. */
  readonly onReport: (process: LoopProcess, report: LoopReport) => void
  /** Its watchdog says that it is held, is held still, or runs again. Not while it writes a heap snapshot. */
  readonly onHold: (process: LoopProcess, hold: Hold, isNew: boolean) => void
  /** Ends a program that a dead loop left behind. */
  readonly killForeign: (pid: number) => void
}

// Reports above the memory limit in a row, so that one peak between two collections of garbage replaces nothing.
const reportsOverLimit = 3
// What a loop that said `failed`, should have given up its start or was told to drain gets on top before it is ended
// from outside: it knows better why it is late.
const graceMs = 2_000

/** One loop process from its start to its end: follows what it says and ends it where it does not obey. */
export class LoopProcess {
  readonly identity: LoopIdentity
  /** Settled once: ready, or why not. */
  readonly ready: Promise<StartOutcome>
  readonly exited: Promise<ChildExit>
  readonly metrics: Collection
  readonly insight: LoopInsight
  readonly lastHold: LastHold
  state: LoopState = 'starting'
  report: LoopReport | undefined
  /** What has held it for longer than anyone waits, once that was found. */
  hung: Hold | undefined
  /** Set where nothing at all has been heard of it for too long, until something is. */
  frozen: Hold | undefined
  /** When it last said something, or its watchdog did, by the clock. */
  heardAt = 0
  /** When it became ready, by the clock. */
  readyAt: number | undefined

  readonly #options: LoopProcessOptions
  readonly #child: Child<SupervisorToLoop>
  readonly #startTimer: NodeJS.Timeout
  #settleReady!: (outcome: StartOutcome) => void
  #settleExited!: (exit: ChildExit) => void
  #killTimer: NodeJS.Timeout | undefined
  #address = ''
  #foreign: { readonly pid: number } | undefined
  #isForeign = false
  #overLimit = 0
  #told = false

  constructor(options: LoopProcessOptions) {
    this.identity = options.identity
    this.#options = options
    this.ready = new Promise((resolve) => (this.#settleReady = resolve))
    this.exited = new Promise((resolve) => (this.#settleExited = resolve))
    this.#child = options.spawn({
      message: (message) => this.#hear(message),
      side: (value) => this.#hearWatchdog(value),
      sideClosed: () => this.insight.watchdogEnded(),
      exit: (exit) => this.#ended(exit),
    })
    this.metrics = new Collection((ask) => this.#child.send({ type: 'collect', ask }))
    this.lastHold = new LastHold(options.clock)
    this.insight = new LoopInsight({
      loop: options.identity.id,
      refusal: () => this.#refusal(),
      toWatchdog: (message) => this.#child.side(message),
      toLoop: (message) => this.#child.send(message),
      onHold: (hold, isNew) => options.onHold(this, hold, isNew),
    })
    this.#startTimer = setTimeout(() => this.#startTooLong(), options.limits.startTimeout + graceMs)
  }

  /** Which of its process's threads it is; undefined for a process of its own. */
  get thread(): number | undefined {
    return this.#options.thread
  }

  get forBlocking(): boolean {
    return this.#options.forBlocking
  }

  get concurrency(): number {
    return this.#options.limits.concurrency
  }

  get pid(): number {
    return this.#child.pid
  }

  /** It cannot be waited for, nor drain. */
  get isHung(): boolean {
    return this.hung !== undefined && this.isStillHeld(this.hung)
  }

  /** This hold goes on, and not a later one. */
  isStillHeld(hold: Hold): boolean {
    return hold === this.frozen || this.insight.isStillHeld(hold)
  }

  /** Itself as the balancers see it. */
  endpoint(state: EndpointSpec['state']): EndpointSpec {
    const { key, id } = this.identity
    const { concurrency } = this.#options.limits
    const hungBy = this.isHung ? this.hung?.routes : undefined
    return {
      key,
      loop: id,
      address: this.#address,
      state,
      concurrency,
      node: !this.#isForeign,
      forBlocking: this.#options.forBlocking,
      ...(hungBy === undefined ? {} : { hungBy }),
    }
  }

  /** Tells it to finish what it holds, and ends it where it takes longer than `limitMs`. Resolves when it is gone. */
  async drain(limitMs: number): Promise<ChildExit> {
    if (this.#isDead() || this.#told) return this.exited
    this.#told = true
    this.state = 'draining'
    // The last look at its counters; what they count must not vanish with it.
    await this.metrics.collect(limitMs)
    // It may have ended meanwhile; a timer set now would outlive it.
    if (this.#isDead()) return this.exited
    this.#child.send({ type: 'drain', limitMs })
    this.#killAfter(limitMs + graceMs)
    return this.exited
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Its successor does not start beside it, where they would be threads of one process. */
  abandonProcess(): void {
    this.#child.abandonProcess?.()
  }

  /** Why it cannot be looked into. */
  #refusal(): string | undefined {
    if (this.state !== 'ready' && this.state !== 'draining') return `is ${this.state}`
    return this.#isForeign ? 'runs a command; only a Node app can be looked into' : undefined
  }

  #isDead(): boolean {
    return this.state === 'dead'
  }

  #heard(): void {
    this.heardAt = this.#options.clock.now()
    this.frozen = undefined
  }

  #hear(message: LoopToSupervisor): void {
    this.#heard()
    switch (message.type) {
      case 'ready':
        if (this.state !== 'starting') return
        this.#address = message.address
        this.#isForeign = message.kind === 'foreign'
        this.state = 'ready'
        this.readyAt = this.#options.clock.now()
        clearTimeout(this.#startTimer)
        return this.#settleReady({ ready: true })
      case 'failed':
        this.#settleReady({ ready: false, error: message.error, certain: true })
        return this.#killAfter(graceMs)
      case 'foreign':
        this.#foreign = { pid: message.pid }
        return
      case 'report':
        this.report = message.report
        if (message.report.longest !== undefined) this.lastHold.note(message.report.longest)
        this.#options.onReport(this, message.report)
        return this.#checkMemory(message.report.rssBytes)
      case 'metrics':
        return this.metrics.answer(message.ask, message.metrics)
      case 'snapshot':
        return this.insight.snapshotEnded(message.ask, message.error)
    }
  }

  #hearWatchdog(value: unknown): void {
    const words = readWatchdogWords(value)
    if (words !== undefined) this.#heard()
    // The last words of one that has ended would say that its successor is held.
    if (words !== undefined && !this.#isDead()) this.insight.hear(words)
  }

  #checkMemory(rssBytes: number): void {
    const { memoryLimit } = this.#options.limits
    if (memoryLimit === 0 || this.state !== 'ready') return
    this.#overLimit = rssBytes > memoryLimit ? this.#overLimit + 1 : 0
    if (this.#overLimit < reportsOverLimit) return
    this.#overLimit = 0
    this.#options.onMemory(this)
  }

  #startTooLong(): void {
    const seconds = this.#options.limits.startTimeout / 1000
    this.#settleReady({
      ready: false,
      error: { message: `not ready within ${seconds} s; raise startTimeout if the app needs longer, or look for what it waits on` },
      certain: true,
    })
    this.kill()
  }

  #killAfter(ms: number): void {
    clearTimeout(this.#killTimer)
    this.#killTimer = setTimeout(() => this.kill(), ms)
  }

  #ended(exit: ChildExit): void {
    clearTimeout(this.#startTimer)
    clearTimeout(this.#killTimer)
    this.state = 'dead'
    // A loop that ended well has seen its program end before; that pid may be another's by now.
    if (this.#foreign !== undefined && exit.code !== 0) this.#options.killForeign(this.#foreign.pid)
    this.metrics.end()
    this.insight.end()
    this.#settleReady({
      ready: false,
      error: { message: `the process ended with ${describeExit(exit)} before it was ready` },
      certain: false,
    })
    this.#settleExited(exit)
  }
}
