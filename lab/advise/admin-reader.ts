import type { AdminAccess } from '../../config/admin-access.ts'
import { RunError } from '../../core/errors.ts'
import type { ClusterStatus } from '../../core/status.ts'

import type { Reading } from './observe.ts'

/** Reads what a running cluster tells of itself. The reader throws a RunError where none answers, or it wants another token. */
export function adminReader({ address, token }: AdminAccess): () => Promise<Reading> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token.value}` }
  const ask = async (path: string): Promise<Response> => {
    const response = await fetch(`http://${address}${path}`, { headers }).catch((error: unknown) => {
      throw new RunError(`no cluster answers at ${address}; is it running? name its admin address with --admin`, { cause: error })
    })
    if (response.status === 401) throw new RunError(`the cluster at ${address} asks for its admin token; give it by EVENLOOP_ADMIN_TOKEN`)
    if (!response.ok) throw new RunError(`${address} answers ${path} with HTTP ${response.status}; is that the admin address of a cluster?`)
    return response
  }
  return async () => ({
    status: (await (await ask('/api/status')).json()) as ClusterStatus,
    metrics: await (await ask('/metrics')).text(),
  })
}
