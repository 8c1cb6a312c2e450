import type { Logger } from '../core/log.ts'
import type { ErrorText } from '../core/messages.ts'
import { describeExit, type ChildExit } from './child-process.ts'
import { endHung } from './end-hung.ts'
import type { Endpoints } from './endpoints.ts'
import type { LoopProcess, StartOutcome } from './loop-process.ts'
import type { Notices } from './notices/notices.ts'
import { Restarter, type RestarterContext } from './restarter.ts'
import { quietShare } from './shutdown.ts'

export interface SlotContext extends RestarterContext {
  readonly start: (id: string, generation: number) => LoopProcess
  readonly endpoints: Endpoints
  /** Milliseconds for all of a process's leave. */
  readonly drainTimeout: number
  readonly log: Logger
  readonly notices: Notices
  /** Tells the operator of a failed start, in full once and in short while it goes on the same way. */
  readonly onFailure: (slot: Slot, failure: ErrorText) => void
  /** Something changed that the start or the progress lines want to know. */
  readonly onChange: (slot: Slot) => void
  /** A process of this slot has ended; its counters live on. */
  readonly onEnd: (process: LoopProcess) => void
}

/** A start that failed, with the app's own words. */
export class StartFailure extends Error {
  readonly detail: ErrorText

  constructor(detail: ErrorText) {
    super(detail.message)
    this.detail = detail
  }
}

/**
 * The place of one loop: its id lasts, its processes come and go. Keeps one process serving, replaces it
 * (successor first) and takes it away.
 */
export class Slot {
  readonly id: string
  generation: number
  /** The process that serves, or the last one that did. */
  current: LoopProcess | undefined
  /** Unplanned ends, and replacements for memory or because it hung. */
  restarts = 0
  /** Times that its loop was held for long, as its watchdogs saw it. */
  holds = 0
  /** Why the last start failed; undefined once one succeeded. */
  failure: Extract<StartOutcome, { ready: false }> | undefined
  /** It was ready at least once. */
  proven = false

  readonly #context: SlotContext
  readonly #restarter: Restarter
  readonly #leaving = new Set<LoopProcess>()
  #successor: LoopProcess | undefined
  #closed = false
  #endedRequests = 0

  constructor(id: string, generation: number, context: SlotContext) {
    this.id = id
    this.generation = generation
    this.#context = context
    this.#restarter = new Restarter(context, () => this.#startAgain())
  }

  get deaths(): number {
    return this.#restarter.deaths
  }

  /** The process that stands for the slot: the one that serves, or the first on its way. */
  get shown(): LoopProcess | undefined {
    return this.current ?? this.#successor
  }

  /** Requests answered here since the slot began, over all its processes. */
  get requests(): number {
    return this.living.reduce((sum, process) => sum + (process.report?.requests ?? 0), this.#endedRequests)
  }

  /** Every process of this slot that lives, each once: one that leaves without a successor is still the current one. */
  get living(): LoopProcess[] {
    const all = new Set([this.current, this.#successor, ...this.#leaving])
    return [...all].filter((process) => process !== undefined && process.state !== 'dead') as LoopProcess[]
  }

  /** Starts a process and keeps one alive from then on. */
  start(): void {
    const process = this.#begin(this.generation)
    this.current = process
    void process.ready.then((outcome) => {
      if (this.current !== process || this.#closed) return
      if (outcome.ready) this.#serve(process)
      else this.failure = outcome
      this.#context.onChange(this)
    })
  }

  /**
   * Puts a new process in the place of the current one, which leaves once the new one is ready.
   * @throws StartFailure where the successor does not become ready; the current one then goes on serving
   */
  async replace(generation: number): Promise<void> {
    if (this.#closed) throw new StartFailure({ message: 'the cluster is stopping' })
    this.#restarter.cancel()
    const successor = this.#begin(generation)
    this.#successor = successor
    const outcome = await successor.ready
    // Dead already where it failed right after it said it was ready.
    if (!outcome.ready || this.#closed || successor.state !== 'ready') {
      successor.kill()
      await successor.exited
      this.#successor = undefined
      if (this.current?.state === 'dead' && !this.#closed) this.#startLater(this.current)
      throw new StartFailure(outcome.ready ? { message: 'the new process ended at once' } : outcome.error)
    }
    const before = this.current
    this.#successor = undefined
    this.current = successor
    this.generation = generation
    this.proven = true
    this.failure = undefined
    if (before === undefined || before.state !== 'ready') {
      before?.kill()
      this.#context.endpoints.update([successor.endpoint('ready')])
    } else {
      await this.#leave(before, successor)
    }
    this.#context.onChange(this)
  }

  /** Ends the current process if it hangs, though it has no successor: it serves nobody, and the next start may go better. */
  async endHung(): Promise<void> {
    if (this.current?.isHung === true && !this.#closed) await endHung(this.current, this.#context.endpoints)
  }

  /** Takes the slot away: nothing starts here again, what serves drains. */
  async retire(): Promise<void> {
    this.close()
    const process = this.current
    if (process?.state === 'ready') await this.#leave(process)
    await Promise.all(this.living.map((rest) => rest.exited))
  }

  /** Nothing starts here again; what has not become ready yet is ended. */
  close(): void {
    this.#closed = true
    this.#restarter.cancel()
    for (const process of this.living) if (process.state === 'starting') process.kill()
  }

  #begin(generation: number): LoopProcess {
    const process = this.#context.start(this.id, generation)
    void process.exited.then((exit) => this.#ended(process, exit))
    return process
  }

  #serve(process: LoopProcess): void {
    this.proven = true
    this.failure = undefined
    if (process.state === 'ready') this.#context.endpoints.update([process.endpoint('ready')])
  }

  async #leave(process: LoopProcess, successor?: LoopProcess): Promise<void> {
    const { endpoints, drainTimeout, clock, log } = this.#context
    const began = clock.now()
    this.#leaving.add(process)
    if (process.isHung) return endHung(process, endpoints, successor)
    process.state = 'draining'
    const released = await endpoints.release(
      process.endpoint('draining'),
      drainTimeout * quietShare,
      successor === undefined ? [] : [successor.endpoint('ready')],
    )
    // Endless streams end only when the app is told to close; what has begun is still finished within the limit.
    if (!released) log.info({ loop: this.id }, `loop ${this.id} still holds requests; it closes now and finishes them`)
    await process.drain(Math.max(0, drainTimeout - (clock.now() - began)))
  }

  #ended(process: LoopProcess, exit: ChildExit): void {
    this.#context.endpoints.update([], [process.identity.key])
    this.#context.onEnd(process)
    this.#endedRequests += process.report?.requests ?? 0
    if (this.#leaving.delete(process) || process !== this.current || this.#closed) return
    this.restarts++
    // A successor on its way will take the place.
    const then = this.#successor === undefined ? `starting it again in ${this.#startLater(process)} ms` : 'its successor is on its way'
    if (process.readyAt === undefined) return
    const message = `loop ${this.id} ended with ${describeExit(exit)}; ${then}`
    this.#context.notices.tell({ kind: 'crash', severity: 'error', loop: this.id, message }, { pid: process.pid })
  }

  /** @returns in how many milliseconds */
  #startLater(process: LoopProcess): number {
    const delay = this.#restarter.died(process.readyAt)
    this.#context.onChange(this)
    return delay
  }

  // A failed start is told of only now: where every loop failed alike, the start has been given up before, and the
  // app's error is shown there, once.
  #startAgain(): void {
    if (this.failure !== undefined) this.#context.onFailure(this, this.failure.error)
    this.start()
  }
}
