import { UsageError } from '../../core/errors.ts'
import { formatUnit } from '../../config/units.ts'
import { type Bench, type Rig, withRig } from '../engine/rig.ts'
import { type ClusterMemory, clusterMemory } from '../engine/cluster-use.ts'

import type { Comparison } from './comparison.ts'
import { type Counts, countsByMemory, countsByWorkers, leastMemory } from './models.ts'
import type { Budget } from './options.ts'

/** What all models get the same of, and how many workers that makes. */
export interface Shares {
  readonly budget: Comparison['budget']
  readonly counts: Counts
}

/** Two for each CPU, and so many that more of them than one wait for each other. */
const usualWorkers = (cpus: number): number => Math.max(4, 2 * cpus)

/**
 * How many workers each model gets. Of a budget of memory, what a worker takes is measured first.
 * @param warmUp what a cluster does before its memory is read
 * @throws UsageError where no worker fits
 */
export async function sharesOf(budget: Budget, cpus: number, bench: Bench, warmUp: (rig: Rig) => Promise<unknown>): Promise<Shares> {
  if (budget.by === 'workers') {
    const workers = budget.workers ?? usualWorkers(cpus)
    return { budget: { by: 'workers', workers }, counts: countsByWorkers(workers, cpus) }
  }
  const memoryOf = (flags: readonly string[]): Promise<ClusterMemory> =>
    withRig(bench, flags, async (rig) => {
      await warmUp(rig)
      return clusterMemory(rig.cluster.pid)
    })
  bench.tell('how much memory a worker takes')
  const one = await memoryOf(['--model', 'sync', '--loops', '1'])
  const two = await memoryOf(['--model', 'sync', '--loops', '2', '--threads', '2'])
  const memory = {
    base: one.bytes - one.loopBytes,
    process: one.loopBytes,
    // Whatever chance does to two readings: a thread takes something.
    thread: Math.max(one.loopBytes / 20, two.loopBytes - one.loopBytes),
  }
  const least = leastMemory(memory)
  if (budget.bytes < least) {
    const mebibytes = Math.ceil(least / 1024 ** 2)
    throw new UsageError(
      `command line: --budget is memory=${formatUnit(budget.bytes, 'size')}; accepted: at least memory=${mebibytes}MiB, which one worker of this app takes with what stands before it`,
    )
  }
  return { budget: { by: 'memory', bytes: budget.bytes }, counts: countsByMemory(budget.bytes, memory, cpus) }
}
