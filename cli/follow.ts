import { setTimeout as pause } from 'node:timers/promises'

import type { ClusterStatus } from '../core/status.ts'

import { accepted, type AdminClient, NoClusterError } from './admin-client.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

const pollMs = 200

/**
 * Runs an operation that the cluster answers when it is finished, and shows meanwhile how far it is.
 * @throws RunError when the cluster refuses, fails, or goes away
 */
export async function follow(
  client: AdminClient,
  terminal: Terminal,
  operation: { readonly path: string; readonly body?: Readonly<Record<string, unknown>> },
  describe: (status: ClusterStatus) => string,
): Promise<Readonly<Record<string, unknown>>> {
  const progress = new Progress(terminal)
  const finished = new AbortController()
  const watching = (async () => {
    while (!finished.signal.aborted) {
      const status = await client.status().catch(() => undefined)
      if (status !== undefined && !finished.signal.aborted) progress.show(describe(status))
      await pause(pollMs, undefined, { signal: finished.signal }).catch(() => {})
    }
  })()
  try {
    return accepted(await client.post(`${operation.path}?wait=1`, operation.body))
  } finally {
    finished.abort()
    await watching
    progress.end()
  }
}

/** Waits until the admin address answers no more. */
export async function followEnd(client: AdminClient, terminal: Terminal, describe: (status: ClusterStatus) => string): Promise<void> {
  const progress = new Progress(terminal)
  try {
    for (;;) {
      progress.show(describe(await client.status()))
      await pause(pollMs)
    }
  } catch (error) {
    if (!(error instanceof NoClusterError)) throw error
  } finally {
    progress.end()
  }
}
