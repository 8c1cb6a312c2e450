import type { FastifyInstance } from 'fastify'

import { ClusterError, type ClusterErrorCode } from '../cluster-error.ts'

/** What can be done to the cluster through the admin API. Each throws ClusterError where it is refused. */
export interface AdminActions {
  reload(): { readonly generation: number; readonly done: Promise<number> }
  scale(loops: number): Promise<number>
  replaceLoop(id: string): Promise<void>
  stop(): void
}

const statuses: Record<ClusterErrorCode, number> = {
  BAD_REQUEST: 400,
  NOT_FOUND: 404,
  BUSY: 409,
  RELOAD_FAILED: 500,
  SCALE_FAILED: 500,
  REPLACE_FAILED: 500,
  STOPPING: 503,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
}

/** The status and code of an error's answer. */
export function statusOf(error: Error & { readonly statusCode?: number | undefined }): { status: number; code: string } {
  if (error instanceof ClusterError) return { status: statuses[error.code], code: error.code }
  const status = error.statusCode ?? 500
  return { status, code: status < 500 ? 'BAD_REQUEST' : 'INTERNAL' }
}

/** The routes that change something. Each answers 202 at once, or with `?wait=1` when it has ended. */
export function actionRoutes(app: FastifyInstance, actions: AdminActions): void {
  app.post<Wait>('/api/reload', async (request, reply) => {
    const { generation, done } = actions.reload()
    if (!waits(request.query)) return reply.code(202).send({ generation })
    return { generation, loops: await done }
  })

  app.post<Wait>('/api/scale', async (request, reply) => {
    const wanted = (request.body as { loops?: unknown } | null)?.loops
    if (typeof wanted !== 'number')
      throw new ClusterError(
        'BAD_REQUEST',
        `loops is ${JSON.stringify(wanted) ?? 'missing'}; accepted: {"loops": N} with a whole number from 1 to 1024`,
      )
    const done = actions.scale(wanted)
    if (waits(request.query)) return { loops: await done }
    quietly(done)
    return reply.code(202).send({ loops: wanted })
  })

  app.post<Wait & { Params: { id: string } }>('/api/loops/:id/drain', async (request, reply) => {
    const { id } = request.params
    const done = actions.replaceLoop(id)
    if (waits(request.query)) {
      await done
      return { loop: id }
    }
    quietly(done)
    return reply.code(202).send({ loop: id })
  })

  app.post('/api/stop', async (_request, reply) => {
    actions.stop()
    return reply.code(202).send({ stopping: true })
  })
}

interface Wait {
  Querystring: { wait?: string }
}

const waits = (query: { wait?: string }): boolean => query.wait === '1' || query.wait === 'true'

// Its failure is in the log and in the status; nobody waits for it here.
const quietly = (done: Promise<unknown>): void => void done.catch(() => {})
