import type { Logger } from '../core/log.ts'
import type { ErrorText } from '../core/messages.ts'
import type { Settings } from '../config/schema.ts'
import { ClusterError } from './cluster-error.ts'
import type { LoopProcess } from './loop-process.ts'
import type { Notices } from './notices/notices.ts'
import { Operations } from './operations.ts'
import { isPoolId, plural, type ScaleRange } from './plan.ts'
import { describeStop, roll } from './rolling.ts'
import { planScale } from './scale.ts'
import { StartFailure, type Slot } from './slot.ts'

/** What changes may touch of the cluster. */
export interface Changeable {
  readonly slots: ReadonlyMap<string, Slot>
  readonly stopping: boolean
  addSlot(id: string, generation: number): Slot
  forget(id: string): void
}

/** How the last reload ended, or that one is under way. */
export interface ReloadState {
  readonly state: 'idle' | 'running' | 'failed'
  readonly generation: number
  readonly message?: string
}

const maxLoops = 1024
const failedKinds = { RELOAD_FAILED: 'reload', SCALE_FAILED: 'scale', REPLACE_FAILED: 'replace' } as const

/** Reload, scale and replacement of a running cluster, one at a time. */
export class Changes {
  reloadState: ReloadState = { state: 'idle', generation: 1 }
  readonly #cluster: Changeable
  readonly #settings: Pick<Settings, 'model' | 'memoryLimit'>
  readonly #range: ScaleRange | undefined
  readonly #log: Logger
  readonly #notices: Notices
  readonly #operations = new Operations()
  /** That of the newest code that became ready; new slots start with it. */
  #generation = 1
  /** The last one tried. A number is never used twice, so that the status tells old code from new. */
  #lastGeneration = 1
  #reloadAgain = false

  /** @param range the numbers of loops that are possible; undefined for any */
  constructor(
    cluster: Changeable,
    settings: Pick<Settings, 'model' | 'memoryLimit'>,
    range: ScaleRange | undefined,
    log: Logger,
    notices: Notices,
  ) {
    this.#cluster = cluster
    this.#settings = settings
    this.#range = range
    this.#log = log
    this.#notices = notices
  }

  /** A change is under way or waits for its turn. */
  get busy(): boolean {
    return this.#operations.busy
  }

  /** Changes asked for until then wait for this. */
  waitFor(start: Promise<void>): void {
    void this.#operations.run(() => start.catch(() => {}))
  }

  /**
   * Begins a rolling reload.
   * @returns its generation, and its end: the number of loops replaced
   * @throws ClusterError BUSY while another one runs; `done` RELOAD_FAILED where the new code does not become ready
   */
  reload(): { readonly generation: number; readonly done: Promise<number> } {
    this.#refuseWhenStopping()
    if (this.reloadState.state === 'running')
      throw new ClusterError('BUSY', `a reload is under way (generation ${this.reloadState.generation}); wait for it`)
    const generation = ++this.#lastGeneration
    this.reloadState = { state: 'running', generation }
    this.#notices.tell({ kind: 'reload', severity: 'info', message: `reload: generation ${generation} begins` })
    const done = this.#run(() => this.#roll(generation))
    // Its end is in the log and the status also where nobody waits for it.
    done.catch(() => {})
    return { generation, done }
  }

  /** A reload, or one more after the one under way: what SIGHUP asks for. */
  reloadSoon(): void {
    if (this.#cluster.stopping) return
    if (this.reloadState.state === 'running') this.#reloadAgain = true
    else this.reload()
  }

  /**
   * Starts or takes away loops until there are `wanted`.
   * @param why what made the cluster do so itself, for the notice
   * @throws ClusterError BAD_REQUEST where the number is not possible, SCALE_FAILED where a new loop does not become ready
   */
  scale(wanted: number, why?: string): Promise<number> {
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > maxLoops) {
      throw new ClusterError('BAD_REQUEST', `loops is ${wanted}; accepted: a whole number from 1 to ${maxLoops}`)
    }
    if (this.#settings.model === 'async' && wanted !== 1) {
      throw new ClusterError('BAD_REQUEST', `loops is ${wanted}, but the model async has one loop; start with --model hybrid to have more`)
    }
    if (this.#range !== undefined && (wanted < this.#range.min || wanted > this.#range.max)) {
      const { min, max } = this.#range
      throw new ClusterError(
        'BAD_REQUEST',
        `loops is ${wanted}; accepted: ${min} to ${max}, the range in which this cluster scales itself (the key loops); start it with another range, or with --loops ${wanted} for a fixed number`,
      )
    }
    this.#refuseWhenStopping()
    return this.#run(() => this.#scale(wanted, why))
  }

  /**
   * Puts a fresh process in the place of one loop; the old one drains once the new one is ready.
   * @throws ClusterError NOT_FOUND, or REPLACE_FAILED where the new one does not become ready
   */
  replaceLoop(id: string): Promise<void> {
    this.#refuseWhenStopping()
    if (!this.#cluster.slots.has(id))
      throw new ClusterError('NOT_FOUND', `no loop ${id}; there are ${[...this.#cluster.slots.keys()].join(', ')}`)
    return this.#run(async () => {
      const slot = this.#cluster.slots.get(id)
      if (slot === undefined) return
      const failure = await replace(slot, slot.generation)
      if (failure !== undefined)
        this.#fail('REPLACE_FAILED', `loop ${id} was not replaced: its successor did not become ready (${failure.message})`, failure)
      this.#notices.tell({ kind: 'replace', severity: 'info', loop: id, message: `loop ${id} replaced` })
    })
  }

  /** A loop that holds too much memory makes way for a fresh one. */
  replaceForMemory(process: LoopProcess): void {
    const { id } = process.identity
    const work = this.#run(async () => {
      const slot = this.#cluster.slots.get(id)
      // A reload may have replaced it while this waited.
      if (slot?.current !== process || process.state !== 'ready') return
      const bytes = process.report?.rssBytes ?? 0
      // What another thread of its process held may be free since that one was replaced.
      if (bytes <= this.#settings.memoryLimit) return
      const why = `loop ${id} holds ${bytes} bytes, more than memoryLimit (${this.#settings.memoryLimit}): replacing it`
      this.#notices.tell({ kind: 'replace', severity: 'warning', loop: id, message: why }, { pid: process.pid, rssBytes: bytes })
      // Not every allocator gives back what a thread has held; its process does.
      process.abandonProcess()
      const failure = await replace(slot, slot.generation)
      if (failure === undefined) {
        slot.restarts++
        return this.#notices.tell({ kind: 'replace', severity: 'info', loop: id, message: `loop ${id} replaced` })
      }
      const message = `loop ${id} goes on serving: its successor did not become ready (${failure.message})`
      this.#notices.tell({ kind: 'replace', severity: 'error', loop: id, message }, { err: failure })
    })
    work.catch(() => {})
  }

  /** A loop that hangs makes way for another; one that runs again by then leaves in order. Never throws. */
  replaceHung(process: LoopProcess): Promise<void> {
    const { id } = process.identity
    const work = this.#run(async () => {
      const slot = this.#cluster.slots.get(id)
      if (slot?.current !== process || process.state !== 'ready') return
      const failure = await replace(slot, slot.generation)
      if (failure === undefined) {
        slot.restarts++
        return this.#notices.tell({ kind: 'replace', severity: 'info', loop: id, message: `loop ${id} replaced` })
      }
      await slot.endHung()
      if (this.#cluster.stopping) return
      const message = `loop ${id} ${isReady(process) ? 'runs again and goes on serving' : 'was ended'}: its successor did not become ready (${failure.message})`
      this.#notices.tell({ kind: 'replace', severity: 'error', loop: id, message }, { err: failure })
    })
    return work.catch(() => {})
  }

  async #roll(generation: number): Promise<number> {
    const ids = [...this.#cluster.slots.keys()]
    const end = await roll(ids, async (id) => {
      const failure = await replace(this.#cluster.slots.get(id)!, generation)
      if (failure === undefined) this.#log.info({ loop: id, generation }, `reload: loop ${id} runs generation ${generation}`)
      return failure
    })
    if (end.replaced.length > 0) this.#generation = generation
    const message = end.stopped === undefined ? undefined : describeStop(end, generation)
    this.reloadState = message === undefined ? { state: 'idle', generation } : { state: 'failed', generation, message }
    if (this.#reloadAgain) {
      this.#reloadAgain = false
      this.reloadSoon()
    }
    if (message !== undefined) this.#fail('RELOAD_FAILED', message, end.stopped)
    const done = `reload: ${ids.length === 1 ? 'the loop runs' : `all ${ids.length} loops run`} generation ${generation}`
    this.#notices.tell({ kind: 'reload', severity: 'info', message: done }, { generation })
    return end.replaced.length
  }

  async #scale(wanted: number, why: string | undefined): Promise<number> {
    const { slots } = this.#cluster
    const ids = (): string[] => [...slots.keys()].filter((id) => !isPoolId(id))
    const { add, remove } = planScale(ids(), wanted)
    const starts = await Promise.all(
      add.map(async (id) => ({ id, failure: await replace(this.#cluster.addSlot(id, this.#generation), this.#generation) })),
    )
    const failed = starts.filter((start) => start.failure !== undefined)
    for (const { id } of failed) this.#cluster.forget(id)
    const [first] = failed
    if (first !== undefined) {
      this.#fail(
        'SCALE_FAILED',
        `scale stopped at ${plural(ids().length, 'loop')}: loop ${first.id} did not become ready (${first.failure?.message})`,
        first.failure,
      )
    }
    await Promise.all(
      remove.map(async (id) => {
        await slots.get(id)!.retire()
        this.#cluster.forget(id)
      }),
    )
    const now = ids().length
    const message =
      why === undefined ? `scale: ${plural(now, 'loop')}` : `scaled ${add.length > 0 ? 'up' : 'down'} to ${plural(now, 'loop')}: ${why}`
    if (add.length + remove.length > 0) this.#notices.tell({ kind: 'scale', severity: 'info', message })
    return now
  }

  #run<T>(operation: () => Promise<T>): Promise<T> {
    return this.#operations.run(() => {
      this.#refuseWhenStopping()
      return operation()
    })
  }

  #fail(code: keyof typeof failedKinds, message: string, err: ErrorText | undefined): never {
    if (!this.#cluster.stopping) this.#notices.tell({ kind: failedKinds[code], severity: 'error', message }, { err })
    throw new ClusterError(code, message)
  }

  #refuseWhenStopping(): void {
    if (this.#cluster.stopping) throw new ClusterError('STOPPING', 'the cluster is stopping')
  }
}

/** Asked of a process whose state has changed since it was last looked at. */
const isReady = (process: LoopProcess): boolean => process.state === 'ready'

/** Why the successor did not become ready; undefined where it serves. */
async function replace(slot: Slot, generation: number): Promise<ErrorText | undefined> {
  try {
    await slot.replace(generation)
    return undefined
  } catch (error) {
    if (error instanceof StartFailure) return error.detail
    throw error
  }
}
