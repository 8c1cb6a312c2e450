import type { LoopStatus } from '../../core/status.ts'
import { apartSign } from './apart.ts'

/** Loops that stand together. */
export interface LoopGroup {
  /** `process`: the threads of one; `apart`: kept for routes that block for now; `pool`: workers for nothing else; `loops`: all others. */
  readonly kind: 'loops' | 'process' | 'apart' | 'pool'
  /** Empty for `loops`. */
  readonly title: string
  readonly loops: readonly string[]
}

type Grouped = Pick<LoopStatus, 'id' | 'pid' | 'thread' | 'forBlocking' | 'isolated'>

/** A loop, or a worker where it has one request at a time. */
export const loopName = ({ id, concurrency }: Pick<LoopStatus, 'id' | 'concurrency'>): string =>
  `${concurrency === 1 ? 'worker' : 'loop'} ${id}`

/** Loops first, then those kept apart, then the pool. */
export function groupsOf(loops: readonly Grouped[]): LoopGroup[] {
  const runs = processesOf(loops.filter(({ forBlocking }) => !forBlocking))
  const pool = processesOf(loops.filter(({ forBlocking }) => forBlocking))
  // Threads stay with their process, which is what they share memory and end with; a sign behind the name tells the rest.
  const single = runs.filter(isSingle).flat()
  const groups: LoopGroup[] = [
    { kind: 'loops', title: '', loops: ids(single.filter(({ isolated }) => !isolated)) },
    ...runs.filter((run) => !isSingle(run)).map((run): LoopGroup => ({ kind: 'process', title: processTitle(run), loops: ids(run) })),
    { kind: 'apart', title: `${apartSign} kept apart for routes that block`, loops: ids(single.filter(({ isolated }) => isolated)) },
    { kind: 'pool', title: poolTitle, loops: ids(pool.filter(isSingle).flat()) },
    ...pool
      .filter((run) => !isSingle(run))
      .map((run): LoopGroup => ({ kind: 'pool', title: `${poolTitle}, ${processTitle(run)}`, loops: ids(run) })),
  ]
  return groups.filter(({ loops }) => loops.length > 0)
}

const poolTitle = `${apartSign} pool for routes that block`

const isSingle = ([first]: readonly Grouped[]): boolean => first?.thread === undefined

const ids = (loops: readonly Grouped[]): string[] => loops.map(({ id }) => id)

const processTitle = (threads: readonly Grouped[]): string => {
  const pid = threads.find(({ pid }) => pid !== 0)?.pid
  return `process${pid === undefined ? '' : ` ${pid}`} · ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'}`
}

/** Loops of one process each. A dead one has no pid, so the number of its thread has to tell where the next process begins. */
function processesOf(loops: readonly Grouped[]): Grouped[][] {
  const runs: Grouped[][] = []
  for (const loop of loops) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run !== undefined && last !== undefined && shareProcess(last, loop)) run.push(loop)
    else runs.push([loop])
  }
  return runs
}

const shareProcess = (a: Grouped, b: Grouped): boolean =>
  a.thread !== undefined && b.thread !== undefined && b.thread > a.thread && (a.pid === b.pid || a.pid === 0 || b.pid === 0)
