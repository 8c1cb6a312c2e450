import { concurrencyCap } from '../config/concurrency.ts'
import { loopRange } from '../config/loops.ts'
import type { Settings } from '../config/schema.ts'

/** Between how many loops the cluster scales itself. */
export interface ScaleRange {
  readonly min: number
  readonly max: number
}

/** How many processes of each kind, and what one loop may hold. */
export interface Plan {
  /** Those it starts with. */
  readonly loops: number
  /** How many of them share a process. */
  readonly threads: number
  /** Workers for blocking routes alone, one request at a time in each. */
  readonly pool: { readonly workers: number; readonly threads: number }
  readonly balancers: number
  /** Requests one loop holds at once; 0 sets no cap. */
  readonly concurrency: number
  /** Undefined where the number of loops is fixed. */
  readonly autoscale?: ScaleRange
}

/** `2 loops, 1 balancer` */
export function describePlan({ loops, threads, pool, balancers, autoscale }: Plan): string {
  const range = autoscale === undefined ? '' : ` (${autoscale.min} to ${autoscale.max})`
  const shared = threads > 1 ? ` in ${plural(Math.ceil(loops / threads), 'process', 'es')}` : ''
  const further = pool.workers > 0 ? `, ${plural(pool.workers, 'blocking worker')}` : ''
  return `${plural(loops, 'loop')}${range}${shared}${further}, ${plural(balancers, 'balancer')}`
}

/** `1 loop`, `2 loops` */
export const plural = (count: number, word: string, ending = 's'): string => `${count} ${word}${count === 1 ? '' : ending}`

type Asked = Pick<Settings, 'model' | 'loops' | 'threads' | 'blockingWorkers' | 'blockingThreads' | 'balancers' | 'concurrency'>

/** Turns the model's three numbers into processes. After this no one asks which model it is. */
export function plan(asked: Asked, cpus: number): Plan {
  const { min, max, start: loops } = loopRange(asked.model === 'async' ? 1 : asked.loops, cpus)
  const concurrency = concurrencyCap(asked)
  // One balancer serves about four loops; more of them than CPUs would only take turns, and of a cap each needs a share.
  const most = Math.min(cpus, concurrency === 0 ? cpus : concurrency)
  const balancers = asked.balancers === 'auto' ? Math.max(1, Math.min(most, Math.ceil(max / 4))) : asked.balancers
  const pool = { workers: asked.blockingWorkers, threads: asked.blockingThreads }
  return { loops, threads: asked.threads, pool, balancers, concurrency, ...(min < max ? { autoscale: { min, max } } : {}) }
}

/** Where a loop runs, by its id, and what it may hold. */
export interface Place {
  /** Names the process that it shares with others; undefined where it has one of its own. */
  readonly host?: string
  /** Which of the threads there it is, from 0. */
  readonly thread?: number
  /** How many loops that process hosts at most. */
  readonly threads: number
  readonly concurrency: number
  readonly forBlocking: boolean
}

const poolId = /^b(\d+)$/

/** The ids of the workers for blocking routes: `b0`, `b1`, … */
export const poolIds = ({ pool }: Plan): string[] => Array.from({ length: pool.workers }, (_, index) => `b${index}`)

export const isPoolId = (id: string): boolean => poolId.test(id)

export function placeOf(id: string, { threads, pool, concurrency }: Plan): Place {
  const inPool = poolId.exec(id)?.[1]
  const [index, shared] = inPool === undefined ? [Number(id), threads] : [Number(inPool), pool.threads]
  const worker = inPool === undefined ? { concurrency, forBlocking: false } : { concurrency: 1, forBlocking: true }
  if (shared === 1) return { threads: 1, ...worker }
  const host = `${inPool === undefined ? '' : 'b'}${Math.floor(index / shared)}`
  return { host, thread: index % shared, threads: shared, ...worker }
}
