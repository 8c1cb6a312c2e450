import type { BalancerDecision, DecisionQuery } from '../core/decision.ts'
import type { ErrorText } from '../core/messages.ts'
import type { BalancerProcess, BalancerProcessOptions } from './balancer-process.ts'
import { describeExit } from './child-process.ts'
import { ClusterError } from './cluster-error.ts'
import type { Notices } from './notices/notices.ts'
import { Restarter, type RestarterContext } from './restarter.ts'
import { ShedWatch } from './notices/shed-watch.ts'

export interface BalancersContext extends RestarterContext {
  readonly start: (id: string, hooks: Pick<BalancerProcessOptions, 'onReady' | 'onReport' | 'onExit'>) => BalancerProcess
  readonly notices: Notices
  readonly onChange: () => void
  /** One of them has told how it fares: each does so once a second. */
  readonly onReport: () => void
  readonly onEnd: (process: BalancerProcess) => void
}

interface Place {
  process: BalancerProcess
  readonly restarter: Restarter
  proven: boolean
  /** Unplanned ends. */
  restarts: number
}

/** The balancer processes: keeps each of them alive; the shared socket outlives them all. */
export class Balancers {
  readonly #context: BalancersContext
  readonly #places: Place[] = []
  #closed = false

  constructor(context: BalancersContext) {
    this.#context = context
  }

  get processes(): readonly BalancerProcess[] {
    return this.#places.map((place) => place.process)
  }

  /** Unplanned ends, by balancer. */
  get restarts(): readonly { readonly id: string; readonly count: number }[] {
    return this.#places.map(({ process, restarts }) => ({ id: process.id, count: restarts }))
  }

  get allReady(): boolean {
    return this.processes.every((process) => process.state === 'ready')
  }

  /**
   * What each of them would do with this request now. One that does not answer is left out, as long as another does.
   * @throws ClusterError UNAVAILABLE or TIMEOUT where none answers
   */
  async explain(query: DecisionQuery): Promise<BalancerDecision[]> {
    const ready = this.processes.filter((process) => process.state === 'ready')
    if (ready.length === 0) throw new ClusterError('UNAVAILABLE', 'no balancer is ready; ask again when the cluster serves')
    const answers = await Promise.allSettled(ready.map(async (process) => ({ balancer: process.id, ...(await process.explain(query)) })))
    const decisions = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    if (decisions.length > 0) return decisions
    throw (answers[0] as PromiseRejectedResult).reason
  }

  /** Why the start has to be given up; undefined while it may go on. */
  hopeless(giveUpAfter: number): ErrorText | undefined {
    const place = this.#places.find(
      ({ proven, process, restarter }) => !proven && (process.failure?.certain === true || restarter.deaths >= giveUpAfter),
    )
    return place === undefined ? undefined : (place.process.failure ?? { message: `balancer ${place.process.id} does not start` })
  }

  start(count: number): void {
    for (let index = 0; index < count; index++) {
      const place: Place = {
        process: this.#begin(String(index), () => place),
        restarter: new Restarter(this.#context, () => this.#again(place)),
        proven: false,
        restarts: 0,
      }
      this.#places.push(place)
    }
  }

  /** Starts nothing more. */
  close(): void {
    this.#closed = true
    for (const { restarter, process } of this.#places) {
      restarter.cancel()
      if (process.state === 'starting') process.kill()
    }
  }

  #again(place: Place): void {
    place.process = this.#begin(place.process.id, () => place)
  }

  #begin(id: string, place: () => Place): BalancerProcess {
    const { clock, notices } = this.#context
    const shed = new ShedWatch(clock)
    return this.#context.start(id, {
      onReport: (report) => {
        this.#context.onReport()
        const count = shed.heard(report.shed)
        if (count === undefined) return
        const message = `balancer ${id} refused ${count} ${count === 1 ? 'request' : 'requests'}: no loop could take ${count === 1 ? 'it' : 'them'} in time`
        notices.tell({ kind: 'shed', severity: 'warning', balancer: id, message })
      },
      onReady: () => {
        place().proven = true
        this.#context.onChange()
      },
      onExit: (process, exit) => {
        this.#context.onEnd(process)
        if (this.#closed) return
        place().restarts++
        const delay = place().restarter.died(process.readyAt)
        const why = process.failure?.message ?? `ended with ${describeExit(exit)}`
        const message = `balancer ${id}: ${why}; starting it again in ${delay} ms`
        notices.tell({ kind: 'crash', severity: 'error', balancer: id, message }, { pid: process.pid })
        this.#context.onChange()
      },
    })
  }
}
