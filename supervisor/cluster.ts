import { RunError } from '../core/errors.ts'
import { holdFacts, HoldLines } from '../core/hold-lines.ts'
import type { Clock, Rng } from '../core/sources.ts'
import { Balancers } from './balancers.ts'
import { Changes, type Changeable } from './changes.ts'
import type { Collection } from './collection.ts'
import { Endpoints } from './endpoints.ts'
import { FailureLog } from './notices/failure-log.ts'
import { IsolationWatch } from './notices/isolation-watch.ts'
import { judgeStart, startError } from './first-start.ts'
import { HungLoops } from './hung-loops.ts'
import type { LoopProcessOptions } from './loop-process.ts'
import type { Notices } from './notices/notices.ts'
import { describePlan, poolIds } from './plan.ts'
import { ProcessFactory, type FactoryParts } from './process-factory.ts'
import { Retired } from './retired.ts'
import { RouteBook } from './route-book.ts'
import { planScale } from './scale.ts'
import { killAll, shutDown, type Stoppable } from './shutdown.ts'
import { Slot, type SlotContext } from './slot.ts'

export interface ClusterParts extends FactoryParts {
  readonly rng: Rng
  readonly notices: Notices
  /** A loop is blocked, or is not any more. */
  readonly onBlocked: () => void
}

type Phase = 'starting' | 'ready' | 'stopping'

/** The running cluster: its slots and balancers from the first start to the last exit. */
export class Cluster implements Changeable {
  readonly slots = new Map<string, Slot>()
  readonly balancers: Balancers
  readonly endpoints: Endpoints
  readonly retired = new Retired()
  readonly routes: RouteBook
  readonly changes: Changes

  readonly #parts: ClusterParts
  readonly #factory: ProcessFactory
  /** Loops and balancers that may still live, those that lost their place included. */
  readonly #processes = new Set<Stoppable>()
  readonly #context: SlotContext
  readonly #failures: FailureLog
  readonly #isolation: IsolationWatch
  #phase: Phase = 'starting'
  #started!: { resolve: () => void; reject: (error: RunError) => void }
  #readyTold = 0
  #stopped: Promise<void> | undefined

  constructor(parts: ClusterParts) {
    this.#parts = parts
    this.endpoints = new Endpoints(parts.onBlocked)
    this.#factory = new ProcessFactory(parts)
    const { clock, rng, log, notices, settings } = parts
    this.routes = new RouteBook(clock, settings)
    this.#isolation = new IsolationWatch(notices, () => this.routes.blocking)
    this.changes = new Changes(this, settings, parts.plan.autoscale, log, notices)
    this.#failures = new FailureLog(notices)
    const restarting = { restart: settings.restart, clock, rng, notices }
    const holds = new HoldLines(clock)
    const hung = new HungLoops({
      blockLimit: settings.blockLimit,
      clock,
      notices,
      endpoints: this.endpoints,
      replace: (process) => this.changes.replaceHung(process),
    })
    const loopHooks: Pick<LoopProcessOptions, 'onMemory' | 'onReport' | 'onHold'> = {
      onMemory: (process) => this.changes.replaceForMemory(process),
      onReport: (process, { routes, isolated }) => {
        const { key, id } = process.identity
        this.routes.report(key, routes)
        // One that leaves is no place for any route, whoever still says so.
        if (process.state === 'ready' && this.slots.get(id)?.current === process) this.#isolation.heard(id, isolated)
      },
      onHold: (process, hold, isNew) => {
        const { id } = process.identity
        const slot = this.slots.get(id)
        if (isNew && slot !== undefined) slot.holds++
        // Of a worker that holds one request at a time nobody else waits.
        const message = process.concurrency === 1 ? undefined : holds.line(id, hold)
        if (message !== undefined) notices.tell({ kind: 'block', severity: 'warning', loop: id, message }, holdFacts(hold))
        hung.heard(process, hold)
        parts.onBlocked()
      },
    }
    this.#context = {
      ...restarting,
      log,
      endpoints: this.endpoints,
      drainTimeout: settings.drainTimeout,
      start: (id, generation) => this.#track(this.#factory.loop(id, generation, loopHooks)),
      onFailure: (slot, error) => this.#failures.tell({ loop: slot.id, tries: slot.deaths, error }, this.#open),
      onChange: () => this.#checkStart(),
      onEnd: (process) => {
        this.#ended(process)
        this.routes.ended(process.identity.key)
        holds.forget(process.identity.id)
      },
    }
    this.balancers = new Balancers({
      ...restarting,
      start: (id, hooks) => this.#track(this.#factory.balancer(id, this.endpoints, hooks)),
      onChange: () => this.#checkStart(),
      onReport: () => hung.look([...this.slots.values()].flatMap(({ current }) => current ?? [])),
      onEnd: (process) => this.#ended(process),
    })
  }

  get clock(): Clock {
    return this.#parts.clock
  }

  get stopping(): boolean {
    return this.#phase === 'stopping'
  }

  /** At least one loop serves, and a balancer brings it requests. */
  get serving(): boolean {
    return !this.stopping && this.endpoints.ready > 0 && this.balancers.processes.some((balancer) => balancer.state === 'ready')
  }

  /**
   * Starts everything; resolves when all loops and balancers are ready.
   * @throws RunError where the app or a balancer cannot be started; everything is gone then
   */
  start(): Promise<void> {
    const { plan, notices } = this.#parts
    const { loops, balancers } = plan
    notices.note({ kind: 'start', severity: 'info', message: `starting ${describePlan(plan)}` })
    const started = new Promise<void>((resolve, reject) => (this.#started = { resolve, reject }))
    this.balancers.start(balancers)
    for (const id of [...planScale([], loops).add, ...poolIds(plan)]) this.addSlot(id, 1).start()
    this.changes.waitFor(started)
    return started
  }

  /** Drains and ends everything; never throws. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  /** Ends every process at once. */
  async kill(): Promise<void> {
    this.#close()
    await killAll([...this.#processes])
  }

  async #stop(): Promise<void> {
    const { settings, listener, clock, log } = this.#parts
    this.#close()
    // While this end stays open the kernel goes on taking connections that no balancer will accept: they would be reset.
    listener.close()
    const loops = [...this.slots.values()].flatMap((slot) => slot.living)
    await shutDown({ balancers: this.balancers.processes, loops, limitMs: settings.drainTimeout, clock, log })
    await Promise.all([...this.#processes].map((process) => process.exited))
  }

  #close(): void {
    this.#phase = 'stopping'
    this.balancers.close()
    for (const slot of this.slots.values()) slot.close()
  }

  addSlot(id: string, generation: number): Slot {
    const slot = new Slot(id, generation, this.#context)
    this.slots.set(id, slot)
    return slot
  }

  /** The slot is gone for good, its series with it. */
  forget(id: string): void {
    this.slots.get(id)?.close()
    this.slots.delete(id)
    this.#isolation.forget(id)
    this.retired.endLoop(id)
  }

  #track<T extends Stoppable>(process: T): T {
    this.#processes.add(process)
    return process
  }

  #ended(process: Stoppable & { readonly metrics: Collection }): void {
    this.#processes.delete(process)
    this.retired.add(process.metrics.last)
  }

  /** Every loop may still fail alike: some have not had their first try, and none was ready. */
  get #open(): boolean {
    const slots = [...this.slots.values()]
    return this.#phase === 'starting' && slots.every((slot) => !slot.proven) && slots.some((slot) => slot.failure === undefined)
  }

  #checkStart(): void {
    if (this.#phase !== 'starting') return
    const { settings, log, notices, plan } = this.#parts
    const slots = [...this.slots.values()].map(({ current, proven, deaths, failure }) => ({
      ready: current?.state === 'ready',
      proven,
      deaths,
      failure,
    }))
    const ready = slots.filter((slot) => slot.ready).length
    if (ready > this.#readyTold) log.info(`loop ${ready} of ${slots.length} ready`)
    this.#readyTold = Math.max(ready, this.#readyTold)

    const { giveUpAfter } = settings.restart
    const balancer = this.balancers.hopeless(giveUpAfter)
    if (balancer !== undefined) return this.#giveUp(new RunError(balancer.message))
    const verdict = judgeStart(slots, giveUpAfter)
    if (verdict.is === 'hopeless') return this.#giveUp(startError(settings, verdict.error))
    if (!this.#open) this.#failures.release()
    if (verdict.is === 'waiting' || !this.balancers.allReady) return
    this.#phase = 'ready'
    notices.note({ kind: 'ready', severity: 'info', message: `ready: ${describePlan(plan)}` })
    this.#started.resolve()
  }

  #giveUp(why: RunError): void {
    void this.kill().then(() => this.#started.reject(why))
  }
}
