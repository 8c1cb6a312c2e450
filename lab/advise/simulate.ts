import type { Rng } from '../../core/sources.ts'
import { routeDraw } from '../../load/client/draw.ts'
import { Latencies } from '../latencies.ts'
import { exponential } from '../randomness.ts'
import { VirtualTime } from '../virtual-time.ts'

import { Fifo } from './fifo.ts'
import { groupFor, type Layout, type Machine, type WorkerGroup } from './layout.ts'
import type { RouteDemand } from './route-demand.ts'
import { SharedCpus } from './shared-cpus.ts'
import { Station } from './station.ts'

export interface Traffic {
  /** Requests per second. */
  readonly rate: number
  /** Evenly, as load generators send, or by chance, as people come. */
  readonly arrivals: 'even' | 'chance'
  readonly requests: number
}

/** Milliseconds. */
export interface Predicted {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly meanMs: number
  /** In the order of the routes; NaN where no request came. */
  readonly routes: readonly { readonly p50Ms: number; readonly p99Ms: number; readonly meanMs: number }[]
  /** Answers per second, until the last one was there. */
  readonly perSecond: number
  /** What requests waited in the balancer for a worker. */
  readonly queueP99Ms: number
}

/**
 * Runs a workload through a cluster in virtual time: each worker runs turn after turn; turns that compute share the CPUs; a lock serves
 * one after the other; where workers have a limit, requests wait in one queue. The first tenth of the requests is not counted.
 */
export function simulate(layout: Layout, routes: readonly RouteDemand[], machine: Machine, traffic: Traffic, rng: Rng): Predicted {
  const time = new VirtualTime()
  // What runs beside the workers takes its part of the CPUs all the time.
  const cpus = new SharedCpus(time, Math.max(0.05, machine.cpus - (traffic.rate * machine.besideMs) / 1_000))
  const lock = new Station()
  const groups = layout.map((group) => new Group(group, time, cpus, lock))
  const targets = routes.map((route) => groups[groupFor(layout, route)]!)
  const pick = routeDraw(
    routes.map(({ share }) => share),
    rng,
  )
  const gapMs = 1_000 / traffic.rate
  const all = new Latencies()
  const queued = new Latencies()
  const each = routes.map(() => new Latencies())
  const sums = routes.map(() => 0)
  let come = 0
  let lastMs = 0
  const arrive = (): void => {
    const counts = come++ >= traffic.requests / 10
    const at = pick()
    const dueMs = time.now()
    const { spread } = routes[at]!
    const factor = spread.length === 0 ? 1 : spread[Math.floor(rng() * spread.length)]!
    targets[at]!.take({
      route: routes[at]!,
      factor,
      begun: () => counts && queued.add(time.now() - dueMs),
      done: () => {
        lastMs = time.now()
        if (!counts) return
        all.add(lastMs - dueMs)
        each[at]!.add(lastMs - dueMs)
        sums[at]! += lastMs - dueMs
      },
    })
    if (come < traffic.requests) time.later(traffic.arrivals === 'even' ? gapMs : exponential(rng, gapMs), arrive)
  }
  time.later(0, arrive)
  time.run(Number.MAX_VALUE)
  return {
    p50Ms: all.quantile(0.5),
    p99Ms: all.quantile(0.99),
    meanMs: sums.reduce((sum, one) => sum + one, 0) / all.count,
    routes: each.map((times, at) => ({ p50Ms: times.quantile(0.5), p99Ms: times.quantile(0.99), meanMs: sums[at]! / times.count })),
    perSecond: (1_000 * traffic.requests) / (lastMs + gapMs),
    queueP99Ms: queued.quantile(0.99),
  }
}

interface Task {
  readonly route: RouteDemand
  /** By which this one differs from its route. */
  readonly factor: number
  begun(): void
  done(): void
}

interface Worker {
  held: number
  readonly loop: Station
  readonly lock: Station
}

class Group {
  readonly #workers: readonly Worker[]
  readonly #limit: number
  readonly #queue = new Fifo<Task>()
  readonly #time: VirtualTime
  readonly #cpus: SharedCpus
  readonly #lock: Station
  #from = 0

  constructor({ workers, concurrency }: WorkerGroup, time: VirtualTime, cpus: SharedCpus, lock: Station) {
    this.#workers = Array.from({ length: workers }, () => ({ held: 0, loop: new Station(), lock: new Station() }))
    this.#limit = concurrency === 0 ? Number.POSITIVE_INFINITY : concurrency
    this.#time = time
    this.#cpus = cpus
    this.#lock = lock
  }

  take(task: Task): void {
    if (!this.#queue.isEmpty) return this.#queue.push(task)
    const worker = this.#leastLoaded()
    if (worker.held >= this.#limit) this.#queue.push(task)
    else this.#begin(worker, task)
  }

  /** The first of equals moves on, so that no worker gets all light traffic. */
  #leastLoaded(): Worker {
    const count = this.#workers.length
    this.#from = (this.#from + 1) % count
    let best = this.#workers[this.#from]!
    for (let step = 1; step < count && best.held > 0; step++) {
      const other = this.#workers[(this.#from + step) % count]!
      if (other.held < best.held) best = other
    }
    return best
  }

  #begin(worker: Worker, task: Task): void {
    worker.held++
    task.begun()
    const { route, factor } = task
    const waits = route.waitMs + route.lockMs > 0
    const end = (): void => {
      worker.held--
      task.done()
      const next = this.#queue.take()
      if (next !== undefined) this.#begin(worker, next)
    }
    // A handler that waits has a turn before and one after.
    const part = waits ? factor / 2 : factor
    const turn = (then: () => void): void => this.#turn(worker, route.cpuMs * part, route.heldMs * part, then)
    if (!waits) return turn(end)
    turn(() => this.#time.later(route.waitMs * factor, () => this.#locked(worker, route, factor, () => turn(end))))
  }

  #turn(worker: Worker, cpuMs: number, heldMs: number, then: () => void): void {
    worker.loop.enter((leave) =>
      this.#cpus.use(cpuMs, () => {
        const over = (): void => {
          then()
          leave()
        }
        if (heldMs > 0) this.#time.later(heldMs, over)
        else over()
      }),
    )
  }

  #locked(worker: Worker, { lockMs, lockIsLocal }: RouteDemand, factor: number, then: () => void): void {
    if (lockMs === 0) return then()
    const lock = lockIsLocal ? worker.lock : this.#lock
    lock.enter((leave) =>
      this.#time.later(lockMs * factor, () => {
        then()
        leave()
      }),
    )
  }
}
