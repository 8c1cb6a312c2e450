import { isBlocking, type Layout } from './layout.ts'
import { busyMs, meanOf, type RouteDemand } from './route-demand.ts'

/** A cluster as an operator sets it up. */
export interface Setup {
  readonly model: 'sync' | 'async' | 'hybrid'
  /** Event loops or, where the model is sync, workers. */
  readonly loops: number
  /** How many of them share a process. */
  readonly threads: number
  /** Workers for blocking routes alone. */
  readonly blockingWorkers: number
  readonly blockingThreads: number
}

/** Loops, one to a process, and workers for blocking routes, which share processes. A single loop alone is what `async` means. */
export const loopSetup = (loops: number, blockingWorkers = 0): Setup => ({
  model: loops === 1 && blockingWorkers === 0 ? 'async' : 'hybrid',
  loops,
  threads: 1,
  blockingWorkers,
  blockingThreads: Math.max(1, Math.min(mostThreads, blockingWorkers)),
})

/** So many sync workers: processes as long as they are few, then threads of one process per CPU. */
export const syncSetup = (workers: number, cpus: number): Setup => ({
  model: 'sync',
  loops: workers,
  threads: workers <= 2 * cpus ? 1 : Math.min(mostThreads, Math.ceil(workers / cpus)),
  blockingWorkers: 0,
  blockingThreads: 1,
})

/** The most that one process may have. */
const mostThreads = 64

/** All event loops and workers of it. */
export const workersOf = ({ loops, blockingWorkers }: Setup): number => loops + blockingWorkers

/** For people: `hybrid, 2 loops and 4 workers for blocking routes`. */
export function titleOf({ model, loops, threads, blockingWorkers }: Setup): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  const shared = threads > 1 ? `, ${threads} to a process` : ''
  const beside = blockingWorkers === 0 ? '' : ` and ${counted(blockingWorkers, 'worker')} for blocking routes`
  return `${model}, ${counted(loops, model === 'sync' ? 'worker' : 'loop')}${shared}${beside}`
}

/** As flags of `evenloop start`. */
export function flagsOf({ model, loops, threads, blockingWorkers, blockingThreads }: Setup): string[] {
  const flags = ['--model', model, '--loops', String(loops)]
  if (threads > 1) flags.push('--threads', String(threads))
  if (blockingWorkers > 0) flags.push('--blocking-workers', String(blockingWorkers))
  if (blockingThreads > 1) flags.push('--blocking-threads', String(blockingThreads))
  return flags
}

/** How busy blocking routes may keep the loops kept apart for them: the default of isolation.target. */
const isolationTarget = 0.5

/** As the models see it. @param rate requests per second, which says how many loops the balancers keep apart */
export function layoutOf(setup: Setup, routes: readonly RouteDemand[], rate: number): Layout {
  const { model, loops: workers, blockingWorkers } = setup
  if (model === 'sync') return [{ workers, concurrency: 1, takes: 'all' }]
  const blocking = routes.filter(isBlocking)
  if (blockingWorkers > 0) {
    return [
      { workers, concurrency: 0, takes: 'ordinary' },
      { workers: blockingWorkers, concurrency: 1, takes: 'blocking' },
    ]
  }
  if (workers < 2 || blocking.length === 0 || blocking.length === routes.length) return [{ workers, concurrency: 0, takes: 'all' }]
  const wanted = Math.ceil((rate * meanOf(blocking, busyMs)) / 1_000 / isolationTarget)
  const apart = Math.min(workers - 1, Math.max(1, wanted))
  return [
    { workers: workers - apart, concurrency: 0, takes: 'ordinary' },
    { workers: apart, concurrency: 1, takes: 'blocking' },
  ]
}

/** What single workers take, in bytes. */
export interface WorkerMemory {
  readonly processBytes: number
  /** Each further thread of a process. */
  readonly threadBytes: number
}

export function memoryOf({ loops, threads, blockingWorkers, blockingThreads }: Setup, { processBytes, threadBytes }: WorkerMemory): number {
  const bytes = (workers: number, each: number): number => {
    const processes = Math.ceil(workers / each)
    return processes * processBytes + (workers - processes) * threadBytes
  }
  return bytes(loops, threads) + bytes(blockingWorkers, blockingThreads)
}
