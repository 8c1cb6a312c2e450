import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { rm, truncate } from 'node:fs/promises'
import path from 'node:path'

import type { Diagnostics } from './admin/diagnostics.ts'
import { ClusterError } from './cluster-error.ts'
import type { LoopInsight } from './loop-insight.ts'
import type { Slot } from './slot.ts'

/**
 * Looks into the loops of a cluster.
 * @param folder for snapshots on their way: they hold whatever the app has in memory
 */
export function lookInto(slots: ReadonlyMap<string, Slot>, folder: string): Diagnostics {
  const insight = (id: string): LoopInsight => {
    const slot = slots.get(id)
    if (slot === undefined) throw new ClusterError('NOT_FOUND', `no loop ${id}; there are ${[...slots.keys()].join(', ')}`)
    if (slot.shown === undefined) throw new ClusterError('UNAVAILABLE', `loop ${id} is being started again`)
    return slot.shown.insight
  }
  let count = 0
  return {
    stack: async (id) => insight(id).stack(),
    profile: async (id, seconds) => insight(id).profile(seconds),
    heapSnapshot: async (id) => {
      // First of all: an id that nobody has may be a path to somewhere else.
      const loop = insight(id)
      const file = path.join(folder, `${id}.${++count}.heapsnapshot`)
      try {
        await loop.snapshot(file)
        const stream = createReadStream(file)
        await once(stream, 'open')
        return stream
      } catch (error) {
        // On a full disk: a loop that could not write to the end keeps its file open, and so the space.
        await truncate(file).catch(() => {})
        throw error
      } finally {
        // Whoever reads it has it open.
        await rm(file, { force: true })
      }
    },
  }
}
