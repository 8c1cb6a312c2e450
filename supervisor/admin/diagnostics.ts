import type { Readable } from 'node:stream'

import type { FastifyInstance, FastifyReply } from 'fastify'

import type { WallClock } from '../../core/sources.ts'
import type { StackFrame } from '../../core/stack.ts'
import { ClusterError } from '../cluster-error.ts'

/**
 * Looks into one loop. Each throws ClusterError: NOT_FOUND where there is no such loop, UNAVAILABLE where it cannot be
 * looked into (it is not ready, or a foreign server), TIMEOUT where it does not answer.
 */
export interface Diagnostics {
  /** The V8 CPU profile of the next `seconds`, as the JSON text of a `.cpuprofile`. */
  profile(id: string, seconds: number): Promise<string>
  /** What its thread executes now, the innermost call first, also while a handler holds it. */
  stack(id: string): Promise<readonly StackFrame[]>
  /** The V8 heap snapshot, as the bytes of a `.heapsnapshot`. */
  heapSnapshot(id: string): Promise<Readable>
}

interface LoopRoute {
  Params: { id: string }
}

const seconds = { least: 1, most: 60, usual: 10 }

/** The routes that look into a loop; profiles and snapshots of each loop one at a time, as both slow it down. */
export function diagnosticRoutes(app: FastifyInstance, diagnostics: Diagnostics, wall: WallClock): void {
  const busy = new Map<string, string>()
  const begin = (id: string, what: string): (() => void) => {
    const other = busy.get(id)
    if (other !== undefined) throw new ClusterError('BUSY', `${other} of loop ${id} is being taken; wait for it`)
    busy.set(id, what)
    return () => busy.delete(id)
  }
  const named = (reply: FastifyReply, id: string, extension: string): FastifyReply =>
    reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="evenloop-loop${id}-${stamp(wall.now())}.${extension}"`)

  app.post<LoopRoute>('/api/loops/:id/profile', async ({ params: { id }, body }, reply) => {
    const length = readSeconds(body)
    const end = begin(id, 'a profile')
    try {
      const profile = await diagnostics.profile(id, length)
      return named(reply, id, 'cpuprofile').send(profile)
    } finally {
      end()
    }
  })

  app.post<LoopRoute>('/api/loops/:id/stack', async ({ params: { id } }) => ({ loop: id, frames: await diagnostics.stack(id) }))

  app.post<LoopRoute>('/api/loops/:id/heap-snapshot', async ({ params: { id } }, reply) => {
    const end = begin(id, 'a heap snapshot')
    try {
      const snapshot = await diagnostics.heapSnapshot(id)
      // Not when the answer begins: the loop writes until the last byte is read, or until the client has gone.
      snapshot.once('close', end)
      if (snapshot.destroyed) end()
      return named(reply, id, 'heapsnapshot').send(snapshot)
    } catch (error) {
      end()
      throw error
    }
  })
}

function readSeconds(body: unknown): number {
  const { seconds: asked = seconds.usual } = (body ?? {}) as { readonly seconds?: unknown }
  if (typeof asked === 'number' && Number.isInteger(asked) && asked >= seconds.least && asked <= seconds.most) return asked
  throw new ClusterError(
    'BAD_REQUEST',
    `seconds is ${JSON.stringify(asked)}; accepted: {"seconds": N} with a whole number from ${seconds.least} to ${seconds.most}`,
  )
}

/** `20261123T011239Z`: sorts by time, and every file system takes it. */
const stamp = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')
