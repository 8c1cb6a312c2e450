import { type ModelName, modelNames } from './comparison.ts'

/** How many workers each kind of model gets, so that all have the same budget. */
export interface Counts {
  /** Processes of one thread each. */
  readonly processes: number
  /** Threads of one process. */
  readonly threads: number
  /** Processes of two threads each. */
  readonly pairs: number
  /** Loops of a hybrid. */
  readonly loops: number
  /** Loops of a hybrid with a pool, and the threads of that pool. */
  readonly poolLoops: number
  readonly poolThreads: number
}

/** A model as it is started. */
export interface ModelSetting {
  readonly model: ModelName
  /** For people: `sync, 8 processes`. */
  readonly title: string
  /** Loops and workers together. */
  readonly workers: number
  /** Flags of `evenloop start`. */
  readonly flags: readonly string[]
}

/** The most threads that one process may have. */
const mostThreads = 64
const mostProcesses = 1_024

const within = (count: number, most: number): number => Math.max(1, Math.min(most, Math.floor(count)))

/** The same number of workers for all that can have more than one loop per CPU. @param workers at least 2 */
export function countsByWorkers(workers: number, cpus: number): Counts {
  const poolLoops = Math.min(cpus, Math.max(1, workers - 1))
  return {
    processes: within(workers, mostProcesses),
    threads: within(workers, mostThreads),
    pairs: within(workers / 2, mostProcesses),
    loops: Math.min(cpus, workers),
    poolLoops,
    poolThreads: within(workers - poolLoops, mostThreads),
  }
}

/** What parts of a cluster take, in bytes. */
export interface WorkerMemory {
  /** Supervisor and balancers. */
  readonly base: number
  /** A process with one loop. */
  readonly process: number
  /** Each further thread of a process. */
  readonly thread: number
}

/** As many workers as go into the same memory. */
export function countsByMemory(bytes: number, { base, process, thread }: WorkerMemory, cpus: number): Counts {
  const left = bytes - base
  const processes = within(left / process, mostProcesses)
  const loops = Math.min(cpus, processes)
  const poolLoops = Math.min(cpus, Math.max(1, processes - 1))
  const threadsIn = (room: number): number => within((room - process) / thread + 1, mostThreads)
  return {
    processes,
    threads: threadsIn(left),
    pairs: within(left / (process + thread), mostProcesses),
    loops,
    poolLoops,
    poolThreads: threadsIn(left - poolLoops * process),
  }
}

/** The least memory in which one worker fits. */
export const leastMemory = ({ base, process }: WorkerMemory): number => base + process

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
const processesText = (count: number): string => counted(count, 'process', 'processes')
const loopsText = (count: number): string => counted(count, 'loop', 'loops')

/** One front for all, however many workers stand behind it. */
const frontFlags = (cpus: number): string[] => ['--balancers', String(Math.ceil(cpus / 4))]

/** All models, or those that are wanted, in the order of their names. */
export function modelSettings(counts: Counts, cpus: number, wanted: readonly ModelName[] = modelNames): ModelSetting[] {
  const front = frontFlags(cpus)
  return modelNames.filter((model) => wanted.includes(model)).map((model) => ({ model, ...kinds[model](counts, front) }))
}

type Make = (counts: Counts, front: readonly string[]) => Omit<ModelSetting, 'model'>

const sync = (processes: number, threads: number, title: string): ReturnType<Make> => ({
  title: `sync, ${title}`,
  workers: processes * threads,
  flags: ['--model', 'sync', '--loops', String(processes * threads), '--threads', String(threads)],
})

const hybrid = (loops: number, title: string, more: readonly string[]): ReturnType<Make> => ({
  title: `hybrid, ${title}`,
  workers: loops,
  flags: ['--model', 'hybrid', '--loops', String(loops), '--threads', '1', ...more],
})

const withFront = ({ flags, ...rest }: ReturnType<Make>, front: readonly string[]): ReturnType<Make> => ({
  ...rest,
  flags: [...flags, ...front],
})

const kinds: Record<ModelName, Make> = {
  'sync-processes': ({ processes }, front) => withFront(sync(processes, 1, processesText(processes)), front),
  'sync-threads': ({ threads }, front) => withFront(sync(1, threads, `${counted(threads, 'thread', 'threads')} of one process`), front),
  'sync-both': ({ pairs }, front) => withFront(sync(pairs, 2, `${processesText(pairs)} of 2 threads`), front),
  async: (_counts, front) => withFront({ title: 'async, 1 loop', workers: 1, flags: ['--model', 'async', '--threads', '1'] }, front),
  hybrid: ({ loops }, front) => withFront(hybrid(loops, `${loopsText(loops)}, no isolation`, ['--isolation-mode', 'off']), front),
  'hybrid-isolation': ({ loops }, front) =>
    withFront(hybrid(loops, `${loopsText(loops)} with isolation`, ['--isolation-mode', 'auto']), front),
  'hybrid-pool': ({ poolLoops, poolThreads }, front) => {
    const pool = ['--isolation-mode', 'auto', '--blocking-workers', String(poolThreads), '--blocking-threads', String(poolThreads)]
    const made = hybrid(poolLoops, `${loopsText(poolLoops)} and ${counted(poolThreads, 'worker', 'workers')} for blocking routes`, pool)
    return withFront({ ...made, workers: poolLoops + poolThreads }, front)
  },
}
