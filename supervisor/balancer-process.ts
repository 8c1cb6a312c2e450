import type { Decision, DecisionQuery } from '../core/decision.ts'
import type { BalancerReport, BalancerToSupervisor, ErrorText, LoopState, SupervisorToBalancer } from '../core/messages.ts'
import type { Clock } from '../core/sources.ts'
import { Asks } from './asks.ts'
import { describeExit, type Child, type ChildExit, type ChildHooks } from './child-process.ts'
import { ClusterError } from './cluster-error.ts'
import { Collection } from './collection.ts'
import type { Endpoints } from './endpoints.ts'
import type { SharedListener } from './shared-listener.ts'

export interface BalancerProcessOptions {
  readonly id: string
  /** Names this process: two of one id may overlap for a moment. */
  readonly key: string
  readonly listener: Pick<SharedListener, 'handle'>
  readonly endpoints: Endpoints
  readonly clock: Clock
  readonly spawn: (hooks: Pick<ChildHooks<BalancerToSupervisor>, 'message' | 'exit'>) => Child<SupervisorToBalancer>
  readonly onReady: () => void
  readonly onReport: (report: BalancerReport) => void
  readonly onExit: (process: BalancerProcess, exit: ChildExit) => void
}

// A balancer runs no code but ours, so this has nothing to do with the app's startTimeout.
const startMs = 30_000
// It answers between two requests: who waits longer waits for a process that is stopped.
const explainMs = 2_000
// What a balancer gets on top of its limit before it is ended from outside.
const graceMs = 1_000

/** One balancer process: gets the listening handle and the endpoints, answers what it applied and released. */
export class BalancerProcess {
  readonly id: string
  readonly exited: Promise<ChildExit>
  readonly metrics: Collection
  state: LoopState = 'starting'
  report: BalancerReport | undefined
  /** Why it did not start, as far as it said. */
  failure: (ErrorText & { /** It said so itself. */ readonly certain: boolean }) | undefined
  readyAt: number | undefined

  readonly #options: BalancerProcessOptions
  readonly #child: Child<SupervisorToBalancer>
  readonly #decisions = new Asks<Decision>()
  readonly #startTimer: NodeJS.Timeout
  #settleExited!: (exit: ChildExit) => void
  #killTimer: NodeJS.Timeout | undefined
  #listening = false
  #applied = false
  #idleReports = 0
  #onIdle: (() => void) | undefined

  constructor(options: BalancerProcessOptions) {
    this.id = options.id
    this.#options = options
    this.exited = new Promise((resolve) => (this.#settleExited = resolve))
    this.#child = options.spawn({ message: (message) => this.#hear(message), exit: (exit) => this.#ended(exit) })
    this.metrics = new Collection((ask) => this.#child.send({ type: 'collect', ask }))
    this.#startTimer = setTimeout(() => this.#startTooLong(), startMs)
    this.#child.send({ type: 'listen' }, options.listener.handle)
    options.endpoints.attach(options.key, (message) => this.#child.send(message))
  }

  get pid(): number {
    return this.#child.pid
  }

  /**
   * Tells it to accept nothing more and to finish, and ends it where it takes longer than `limitMs`. Resolves when
   * it is gone, or when it holds nothing but upgraded connections: those end when the loops close them.
   */
  async drain(limitMs: number): Promise<void> {
    if (this.#isDead()) return
    this.state = 'draining'
    await this.metrics.collect(limitMs)
    // It may have ended meanwhile; a timer set now would outlive it.
    if (this.#isDead()) return
    this.#idleReports = 0
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.#child.send({ type: 'drain', limitMs })
    this.#killTimer = setTimeout(() => this.kill(), limitMs + graceMs)
    await Promise.race([idle, this.exited])
  }

  /**
   * Where this request would go now, and why.
   * @throws ClusterError UNAVAILABLE where it ends meanwhile, TIMEOUT where it does not answer
   */
  explain(query: DecisionQuery): Promise<Decision> {
    const late = () =>
      new ClusterError('TIMEOUT', `balancer ${this.id} did not answer: its process is stopped, or the machine is overloaded; ask again`)
    return this.#decisions.ask(explainMs, late, (ask) => this.#child.send({ type: 'explain', ask, ...query }))
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #isDead(): boolean {
    return this.state === 'dead'
  }

  #hear(message: BalancerToSupervisor): void {
    const { endpoints, key } = this.#options
    switch (message.type) {
      case 'listening':
        this.#listening = true
        return this.#checkReady()
      case 'failed':
        this.failure = { ...message.error, certain: true }
        this.#killTimer = setTimeout(() => this.kill(), graceMs)
        return
      case 'applied':
        this.#applied = true
        endpoints.applied(key, message.version)
        return this.#checkReady()
      case 'released':
        return endpoints.released(key, message.key)
      case 'silence':
        return endpoints.silence(key, message.key, message.blocked)
      case 'report':
        this.report = message.report
        this.#options.onReport(message.report)
        return this.#checkIdle(message.report)
      case 'metrics':
        return this.metrics.answer(message.ask, message.metrics)
      case 'decision':
        return this.#decisions.answer(message.ask, message.decision)
    }
  }

  #checkReady(): void {
    if (this.state !== 'starting' || !this.#listening || !this.#applied) return
    this.state = 'ready'
    this.readyAt = this.#options.clock.now()
    clearTimeout(this.#startTimer)
    this.#options.onReady()
  }

  #checkIdle(report: BalancerReport): void {
    this.#idleReports = report.inFlight === 0 && report.queued === 0 ? this.#idleReports + 1 : 0
    // The first may have been written before it heard of the drain.
    if (this.#idleReports >= 2) this.#onIdle?.()
  }

  #startTooLong(): void {
    this.failure ??= {
      message: `balancer ${this.id} did not listen within ${startMs / 1000} s; the machine may be overloaded`,
      certain: true,
    }
    this.kill()
  }

  #ended(exit: ChildExit): void {
    clearTimeout(this.#startTimer)
    clearTimeout(this.#killTimer)
    if (this.readyAt === undefined)
      this.failure ??= { message: `the process ended with ${describeExit(exit)} before it listened`, certain: false }
    this.state = 'dead'
    this.#options.endpoints.detach(this.#options.key)
    this.metrics.end()
    this.#decisions.end(new ClusterError('UNAVAILABLE', `balancer ${this.id} ended before it answered; ask again when it is back`))
    this.#settleExited(exit)
    this.#options.onExit(this, exit)
  }
}
